import { describe, expect, test } from 'vitest'
import type { GuestRow, Resources } from '../../core/cluster/types.ts'
import { ManualClock } from '../../engine/testing/manual-clock.ts'
import { readResources } from '../reading/resources.ts'
import { fakeEndpoint } from '../testing/fake-endpoint.ts'
import type { Script } from '../testing/pve-server.ts'
import { violations } from '../testing/schema.ts'
import { GuestsSection } from './guests-section.ts'

function guests(count: number, change: (row: Record<string, unknown>) => object = () => ({})): readonly GuestRow[] {
  const rows = Array.from({ length: count }, (_, i) => {
    const row = { type: i % 5 === 4 ? 'lxc' : 'qemu', vmid: 100 + i, node: 'pve1', name: `g${i}`, status: 'running' }
    return { ...row, ...change(row) }
  })
  return readResources(rows)?.guests ?? []
}

function section(
  script: Script = ({ path }) => (path.endsWith('/config') ? { data: { onboot: 1, agent: '1' } } : { data: [] }),
) {
  const clock = new ManualClock()
  const endpoint = fakeEndpoint('x', clock, script)
  const reader = new GuestsSection(() => 0.5)
  const read = async (rows: readonly GuestRow[], node = 'pve1') => {
    const before = endpoint.asked.length
    const resources: Resources = { guests: rows, nodes: [], storages: [] }
    const ask: Parameters<GuestsSection['read']>[0]['ask'] = (request) => endpoint.call(request, { section: 'guests' })
    const outcome = await reader.read({ node, ask, now: () => clock.now(), resources })
    const value = outcome.ok && 'value' in outcome ? outcome.value : undefined
    const asked = endpoint.asked.slice(before)
    return { outcome, value, asked, configs: asked.filter(({ path }) => path.endsWith('/config')).length }
  }
  return { clock, endpoint, read }
}

test('500 guests are known after twenty looks, and then hardly asked for an hour', async () => {
  const { clock, read } = section()
  const rows = guests(500)
  const each: number[] = []
  for (let i = 0; i < 20; i += 1) each.push((await read(rows)).configs)
  expect(each).toEqual(Array(20).fill(25))
  for (let i = 0; i < 200; i += 1) {
    expect((await read(rows)).configs).toBe(0)
    await clock.pass(15_000)
  }
  expect(Object.keys((await read(rows)).value ?? {})).toHaveLength(500)
  await clock.pass(3_600_000)
  expect((await read(rows)).configs).toBe(25)
})

test('one whose row changed is asked next, before those whose hour is over', async () => {
  const { clock, read } = section()
  await read(guests(10))
  expect((await read(guests(10))).configs).toBe(0)
  await clock.pass(3_600_000)
  const { asked } = await read(guests(10, ({ vmid }) => (vmid === 107 ? { lock: 'backup' } : {})))
  expect(asked[0]?.path).toBe('/nodes/pve1/qemu/107/config')
})

test('those of other nodes are not asked, and one that moved away is forgotten', async () => {
  const { read } = section()
  await read(guests(3))
  const { value, asked } = await read(guests(3, ({ vmid }) => (vmid === 101 ? { node: 'pve2' } : {})))
  expect(asked).toEqual([])
  expect(Object.keys(value ?? {})).toEqual(['qemu/100', 'qemu/102'])
})

test('before the resources were read nothing is asked, and nothing told', async () => {
  const reader = new GuestsSection(() => 0)
  const clock = new ManualClock()
  const ask = () => Promise.reject(new Error('nothing is asked'))
  expect(await reader.read({ node: 'pve1', ask, now: () => clock.now() })).toMatchObject({ unchanged: true })
})

describe('addresses', () => {
  const script: Script = ({ path }) => {
    if (path.endsWith('/config')) return { data: { agent: '1', ipconfig0: 'ip=10.0.0.5/24' } }
    if (path.endsWith('/interfaces')) return { data: [{ name: 'eth0', inet: '10.0.0.6/24' }] }
    return { data: { result: [{ 'ip-addresses': [{ 'ip-address': '10.0.0.5' }, { 'ip-address': '10.0.0.7' }] }] } }
  }

  test('of the settings, the agent and the container, each once', async () => {
    const { value, asked } = await section(script).read(guests(5))
    expect(value?.['qemu/100']?.addresses).toEqual(['10.0.0.5', '10.0.0.7'])
    expect(value?.['lxc/104']?.addresses).toEqual(['10.0.0.5', '10.0.0.6'])
    expect(asked.flatMap(({ method, path, params }) => violations(method, path, params))).toEqual([])
  })

  test('are not asked of one that does not run', async () => {
    const { asked } = await section(script).read(guests(5, () => ({ status: 'stopped' })))
    expect(asked).toHaveLength(5)
  })

  test('an agent that may not be asked is left alone for an hour, and is no error', async () => {
    const forbidden: Script = (asked) => (/agent/.test(asked.path) ? { status: 403, reason: 'no' } : script(asked))
    const { clock, read } = section(forbidden)
    const first = await read(guests(3))
    expect(first.outcome).toMatchObject({ ok: true })
    expect(first.asked.filter(({ path }) => /agent/.test(path))).toHaveLength(1)
    await clock.pass(3_600_000)
    expect((await read(guests(3))).asked.filter(({ path }) => /agent/.test(path))).toHaveLength(1)
  })
})

describe('what fails', () => {
  test('for one guest spoils no other', async () => {
    const { read } = section(({ path }) =>
      /101/.test(path)
        ? { status: 500, reason: "Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist" }
        : { data: {} },
    )
    const { outcome, value } = await read(guests(3))
    expect(outcome.ok).toBe(true)
    expect(Object.keys(value ?? {})).toEqual(['qemu/100', 'qemu/102'])
  })

  test('for all is told at once, and not asked for each', async () => {
    const { read } = section(() => ({ status: 403, reason: 'Permission check failed (/vms/100, VM.Audit)' }))
    const { outcome, asked } = await read(guests(30))
    expect(outcome).toMatchObject({ ok: false, code: 'forbidden' })
    expect(asked).toHaveLength(1)
  })
})
