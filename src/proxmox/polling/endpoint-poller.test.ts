import { describe, expect, test } from 'vitest'
import { SECTIONS, type Section } from '../../core/cluster/types.ts'
import { ManualClock } from '../../engine/testing/manual-clock.ts'
import { fakeEndpoint } from '../testing/fake-endpoint.ts'
import { pveNode } from '../testing/pve-node.ts'
import type { Answer, Asked, Script } from '../testing/pve-server.ts'
import { violations } from '../testing/schema.ts'
import { EndpointPoller } from './endpoint-poller.ts'

const POLL_MS = 15_000
const HANGS: Answer = { after: new Promise(() => {}) }

function polling(script: Script, options: { readonly once?: boolean; readonly node?: string } = {}) {
  const clock = new ManualClock()
  const endpoint = fakeEndpoint('https://10.99.0.1:8006', clock, script)
  const wish = { all: true, once: options.once ?? true }
  let changes = 0
  const poller = new EndpointPoller(endpoint, {
    clock,
    random: () => 0.5,
    pollMs: POLL_MS,
    wanted: () => wish,
    changed: () => {
      changes += 1
    },
    ...(options.node === undefined ? {} : { configuredNode: options.node }),
  })
  poller.start()
  const calls = (path: string) => endpoint.asked.filter((each) => each.path === path).length
  return { clock, endpoint, poller, calls, wish, changes: () => changes }
}

const ageMs = (poller: EndpointPoller, clock: ManualClock, section: Section) =>
  clock.now().monoMs - (poller.reads[section]?.at.monoMs ?? Number.NEGATIVE_INFINITY)

describe('a node that answers', () => {
  test('tells all sections in a minute; what it lacks or does not permit is an error of that section only', async () => {
    const { clock, poller } = polling(pveNode('pve1'))
    await clock.pass(61_000)
    expect(Object.keys(poller.reads).sort()).toEqual(SECTIONS.filter((section) => section !== 'ceph').sort())
    expect(Object.entries(poller.errors).map(([section, { code }]) => [section, code])).toEqual([
      ['ceph', 'not-supported'],
      ['updates', 'forbidden'],
    ])
    expect(poller.errors.updates?.sentence).toContain('Sys.Modify')
    expect(poller.reads.updates?.value).toMatchObject({ pending: [], pendingUnknown: true })
    expect(poller.reads.node?.value).toMatchObject({
      bootId: '571ed45b8fdd4c1e8ffb25745dce631b',
      clockS: expect.any(Number),
    })
    expect(Object.keys(poller.reads.guests?.value ?? {})).toEqual(['qemu/100', 'qemu/102'])
    await poller.close()
  })

  test('is asked only what the schema of the API knows', async () => {
    const { clock, endpoint, poller } = polling(pveNode('pve1'))
    await clock.pass(120_000)
    const wrong = endpoint.asked.flatMap(({ method, path, params }) => violations(method, path, params))
    expect(wrong).toEqual([])
    expect(new Set(endpoint.asked.map(({ path }) => path)).size).toBeGreaterThan(18)
    await poller.close()
  })

  test('is asked at a steady rhythm: in an hour so many times, and never for what nobody needs', async () => {
    const { clock, poller, calls, endpoint } = polling(pveNode('pve1'))
    await clock.pass(3_600_000)
    // Each interval is drawn between nine tenths and the whole of it: here 0.95.
    expect(calls('/cluster/status')).toBeCloseTo(3600 / 14.25, -1)
    expect(calls('/cluster/tasks')).toBeCloseTo(3600 / 28.5, -1)
    expect(calls('/cluster/config/nodes')).toBeCloseTo(3600 / 57, -1)
    expect(calls('/cluster/backup')).toBeCloseTo(3600 / 285, -1)
    expect(calls('/nodes/pve1/apt/update')).toBeLessThanOrEqual(7)
    expect(calls('/cluster/ceph/status')).toBeLessThanOrEqual(7)
    expect(calls('/nodes/pve1/journal')).toBe(1)
    expect(calls('/nodes/pve1/qemu/100/config')).toBeLessThanOrEqual(2)
    expect(endpoint.asked.length / 240).toBeLessThan(9)
    await poller.close()
  })

  test('has views that are never older than two polls', async () => {
    const { clock, poller } = polling(pveNode('pve1'))
    await clock.pass(20_000)
    for (let second = 0; second < 300; second += 1) {
      await clock.pass(1_000)
      for (const section of ['status', 'resources', 'ha'] as const) {
        expect(ageMs(poller, clock, section)).toBeLessThanOrEqual(POLL_MS)
      }
    }
    await poller.close()
  })

  test('is asked for what is the same everywhere only if it is the one', async () => {
    const { clock, poller, calls, wish } = polling(pveNode('pve1'), { once: false })
    await clock.pass(120_000)
    expect(calls('/cluster/config/nodes') + calls('/cluster/backup') + calls('/cluster/ceph/status')).toBe(0)
    wish.once = true
    await clock.pass(POLL_MS)
    expect(calls('/cluster/config/nodes')).toBe(1)
    expect(poller.reads.votes?.value).toHaveLength(3)
    await poller.close()
  })

  test('and a section that hangs delays no quick one', async () => {
    const slow = (asked: Asked) => (/storage|replication|services/.test(asked.path) ? HANGS : undefined)
    const { clock, poller } = polling(pveNode('pve1', slow))
    await clock.pass(120_000)
    expect(poller.errors.storage?.code).toBe('timeout')
    expect(ageMs(poller, clock, 'ha')).toBeLessThanOrEqual(POLL_MS)
    expect(ageMs(poller, clock, 'node')).toBeLessThanOrEqual(4 * POLL_MS)
    await poller.close()
  })
})

describe('a node that dies', () => {
  test('is asked one question at a time and at least every two polls; its last words stay, with their age', async () => {
    const { clock, endpoint, poller, calls } = polling(pveNode('pve1'))
    await clock.pass(60_000)
    endpoint.script = () => HANGS
    await clock.pass(60_000)
    expect(poller.up).toBe(false)
    const before = endpoint.asked.length
    const asked = calls('/cluster/status')
    await clock.pass(600_000)
    expect(endpoint.asked.length - before).toBe(calls('/cluster/status') - asked)
    expect(calls('/cluster/status') - asked).toBeGreaterThanOrEqual(600_000 / (2 * POLL_MS))
    expect(calls('/cluster/status') - asked).toBeLessThan(600_000 / POLL_MS)
    expect(poller.errors.resources).toMatchObject({ code: 'timeout' })
    expect(poller.reads.resources?.value.guests).toHaveLength(4)
    expect(ageMs(poller, clock, 'resources')).toBeGreaterThan(600_000)
    await poller.close()
  })

  test('and comes back is asked for everything that is due at once', async () => {
    const { clock, endpoint, poller } = polling(pveNode('pve1'))
    await clock.pass(60_000)
    endpoint.script = () => ({ hangUp: true })
    await clock.pass(600_000)
    endpoint.script = pveNode('pve1')
    await clock.pass(2 * POLL_MS)
    expect(poller.up).toBe(true)
    expect(ageMs(poller, clock, 'services')).toBeLessThanOrEqual(2 * POLL_MS)
    expect(Object.values(poller.errors).filter(({ code }) => code === 'unreachable')).toEqual([])
    await poller.close()
  })

  test('or was never there has an error for every section', async () => {
    const { clock, poller, endpoint } = polling(() => ({ hangUp: true }))
    await clock.pass(60_000)
    expect(Object.keys(poller.errors)).toHaveLength(SECTIONS.length)
    expect(new Set(endpoint.asked.map(({ path }) => path))).toEqual(new Set(['/cluster/status']))
    expect(poller.node).toBeUndefined()
    await poller.close()
  })
})

describe('without the right to see how the cluster stands', () => {
  const forbidden: Script = ({ path }) =>
    path === '/cluster/status' ? { status: 403, reason: 'Permission check failed (/, Sys.Audit)' } : undefined

  test('a node whose name is configured tells the rest', async () => {
    const { clock, poller } = polling(pveNode('pve1', forbidden), { node: 'pve1' })
    await clock.pass(61_000)
    expect(poller.errors.status?.code).toBe('forbidden')
    expect(poller.reads.resources?.value.guests).toHaveLength(4)
    expect(poller.reads.node?.value.uptimeS).toBe(3397)
    await poller.close()
  })

  test('another tells nothing, and why', async () => {
    const { clock, poller } = polling(pveNode('pve1', forbidden))
    await clock.pass(61_000)
    expect(poller.errors.resources).toMatchObject({ code: 'forbidden', sentence: expect.stringMatching(/Sys\.Audit/) })
    await poller.close()
  })
})

test('another machine at the same address: what the former said of itself is forgotten', async () => {
  const { clock, endpoint, poller } = polling(pveNode('pve1'))
  await clock.pass(61_000)
  endpoint.script = (asked) => (asked.path === '/cluster/status' ? pveNode('pve2')(asked) : { hangUp: true })
  await clock.pass(POLL_MS)
  expect(poller.node).toBe('pve2')
  expect(Object.keys(poller.reads)).toEqual(['status'])
  await poller.close()
})

test('a refresh asks at once', async () => {
  const { clock, poller, calls } = polling(pveNode('pve1'))
  await clock.pass(61_000)
  const before = calls('/cluster/resources')
  await poller.refresh(['resources', 'ha'])
  expect(calls('/cluster/resources')).toBe(before + 1)
  expect(ageMs(poller, clock, 'resources')).toBe(0)
  await poller.close()
})

test('what was asked later and is there already is not replaced by what was asked before', async () => {
  const { clock, endpoint, poller } = polling(pveNode('pve1'))
  await clock.pass(61_000)
  endpoint.script = pveNode('pve1', ({ path }) => (path === '/cluster/resources' ? HANGS : undefined))
  const late = poller.refresh(['resources'])
  endpoint.script = pveNode('pve1')
  await poller.refresh(['resources'])
  await clock.pass(10_000)
  await late
  expect(poller.errors.resources).toBeUndefined()
  await poller.close()
})

test('closing ends every sleep and every call', async () => {
  const { clock, endpoint, poller, changes } = polling(
    pveNode('pve1', ({ path }) => (/ha/.test(path) ? HANGS : undefined)),
  )
  await clock.pass(1_000)
  await poller.close()
  const [asked, told] = [endpoint.asked.length, changes()]
  await clock.pass(3_600_000)
  expect([endpoint.asked.length, changes()]).toEqual([asked, told])
  expect(endpoint.closed).toBe(true)
})
