import { expect, test } from 'vitest'
import { ManualClock } from '../../engine/testing/manual-clock.ts'
import { fakeEndpoint } from '../testing/fake-endpoint.ts'
import { pveNode } from '../testing/pve-node.ts'
import type { Answer } from '../testing/pve-server.ts'
import { recorded } from '../testing/recorded.ts'
import { NodeSection } from './node-section.ts'

const JOURNAL = '/nodes/pve1/journal'

function node() {
  const clock = new ManualClock()
  const told: { uptimeS: number; journal?: Answer } = { uptimeS: 100 }
  const endpoint = fakeEndpoint(
    'x',
    clock,
    pveNode('pve1', ({ path }) => {
      if (path === JOURNAL) return told.journal
      if (path !== '/nodes/pve1/status') return undefined
      return { data: { ...(recorded('healthy/nodes_pve1_status') as object), uptime: told.uptimeS } }
    }),
  )
  const section = new NodeSection()
  const read = async () => {
    const outcome = await section.read({
      node: 'pve1',
      ask: (request) => endpoint.call(request, { section: 'node' }),
      now: () => clock.now(),
    })
    return outcome.ok && 'value' in outcome ? outcome.value : undefined
  }
  const pass = async (seconds: number) => {
    await clock.pass(seconds * 1000)
    told.uptimeS += seconds
  }
  const journals = () => endpoint.asked.filter(({ path }) => path === JOURNAL)
  return { clock, told, read, pass, journals }
}

const cursor = (boot: string) => ({ data: [`s=ab;i=1;b=${boot};m=1;t=1;x=1`, `s=ab;i=2;b=${boot};m=1;t=1;x=1`] })

test('the boot id is asked for once a boot, by one line: 0 lines would be all of them', async () => {
  const { read, pass, journals } = node()
  for (let i = 0; i < 10; i += 1) {
    expect((await read())?.bootId).toBe('571ed45b8fdd4c1e8ffb25745dce631b')
    await pass(30)
  }
  expect(journals().map(({ params }) => params)).toEqual([{ lastentries: '1' }])
})

test('and again after a reboot, also one that nobody saw', async () => {
  const { clock, told, read, pass, journals } = node()
  told.journal = cursor('aa')
  expect((await read())?.bootId).toBe('aa')
  told.journal = cursor('bb')
  told.uptimeS = 5
  expect((await read())?.bootId).toBe('bb')
  told.journal = cursor('cc')
  // Away for an hour, and up for longer than it was before.
  await clock.pass(3_600_000)
  told.uptimeS = 3_000
  expect((await read())?.bootId).toBe('cc')
  await pass(30)
  await read()
  expect(journals()).toHaveLength(3)
})

test('without Sys.Syslog there is none, and it is asked for again now and then', async () => {
  const { told, read, pass, journals } = node()
  told.journal = { status: 403, reason: 'Permission check failed (/nodes/pve1, Sys.Syslog)' }
  for (let i = 0; i < 40; i += 1) {
    const status = await read()
    expect(status?.uptimeS).toBe(told.uptimeS)
    expect(status).not.toHaveProperty('bootId')
    await pass(30)
  }
  expect(journals()).toHaveLength(2)
  delete told.journal
  await pass(600)
  expect((await read())?.bootId).toBe('571ed45b8fdd4c1e8ffb25745dce631b')
})
