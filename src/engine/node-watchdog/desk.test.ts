import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { DisarmRow } from '../../core/node-watchdog/types.ts'
import type { DisarmRequest } from '../../ports/node-watchdog.ts'
import { KeptStore } from '../alerting/heartbeats/testing/kept-store.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { NodeWatchdogDesk } from './desk.ts'
import { keptDisarms } from './kept-disarms.ts'
import { HaCluster } from './testing/ha-cluster.ts'
import { MuxShell } from './testing/mux-shell.ts'

const HOUR = 3_600_000
const TWO_HOURS: DisarmRequest = {
  node: 'pve1',
  by: 'cli:anna',
  forMs: 2 * HOUR,
  mode: 'freeze',
  acceptsQuorumLoss: false,
}
const FOR_GOOD: DisarmRequest = { node: 'pve1', by: 'cli:anna', mode: 'ignore', acceptsQuorumLoss: false }

const desks: NodeWatchdogDesk[] = []
afterEach(async () => {
  for (const each of desks.splice(0)) await each.stop()
})

function site() {
  const clock = new ManualClock()
  const ha = new HaCluster(clock)
  const kept = new KeptStore()
  const store = keptDisarms(kept)
  const shell = new MuxShell()
  const told: string[] = []
  const late = new Map<string, string | undefined>()
  const open = () => {
    const desk = new NodeWatchdogDesk({
      clock,
      store,
      watches: () => [ha],
      shells: () => [shell],
      told: (_, sentence, kind) => told.push(`${kind}: ${sentence}`),
      late: (row, sentence) => late.set(row.node, sentence),
    })
    desks.push(desk)
    desk.start()
    return desk
  }
  return { clock, ha, kept, store, shell, told, late, open }
}

const pass = async (clock: ManualClock, ms: number, stepMs = 2_000) => {
  for (let passed = 0; passed < ms; passed += stepMs) await clock.pass(stepMs)
}

describe('for a time', () => {
  test('HA lets go, every LRM is waited for, and it is armed again when the time is over', async () => {
    const { clock, ha, told, open, store } = site()
    const desk = open()
    let atAsking: readonly DisarmRow[] = []
    ha.onAsk = (what) => {
      if (what !== 'arm') atAsking = store.load()
    }
    expect(await desk.disarm(TWO_HOURS)).toMatchObject({ ok: true, code: 'disarming' })
    expect(desk.work({ node: 'pve1' })?.working).toBe(true)
    await pass(clock, 20_000)
    expect(atAsking).toMatchObject([{ goal: 'disarmed', haAsked: true, rearmAt: { bootId: 'boot' } }])
    expect(ha).toMatchObject({ armed: 'disarmed', asked: ['disarm freeze'] })
    expect(desk.work({ node: 'pve1' })).toMatchObject({ working: false, row: { settledAt: {} } })
    await pass(clock, 2 * HOUR, 600_000)
    expect(ha).toMatchObject({ armed: 'armed', asked: ['disarm freeze', 'arm'] })
    expect(store.load()).toEqual([])
    expect(told.map((each) => each.split(':')[0])).toEqual(['begun', 'disarmed', 'armed'])
  })

  test('it is armed sooner where that is wanted, also while it is still being disarmed', async () => {
    const { clock, ha, open, store } = site()
    const desk = open()
    await desk.disarm(TWO_HOURS)
    await desk.arm({ node: 'pve1', by: 'cli:ben' })
    await pass(clock, 60_000)
    expect(ha.armed).toBe('armed')
    expect(store.load()).toEqual([])
  })

  test('a request whose answer was lost is made again; one that is refused turns everything back', async () => {
    const { clock, ha, open, store, told } = site()
    const desk = open()
    ha.fails = [{ ok: false, code: 'timeout', sentence: 'pve1 gave no whole answer.' }]
    await desk.disarm(TWO_HOURS)
    await pass(clock, 50_000)
    expect(ha).toMatchObject({ armed: 'disarmed', asked: ['disarm freeze', 'disarm freeze'] })
    await desk.arm({ node: 'pve1', by: 'x' })
    await pass(clock, 10_000)
    ha.fails = [{ ok: false, code: 'forbidden', sentence: 'It needs Sys.Console on /.' }]
    await desk.disarm(TWO_HOURS)
    await pass(clock, 4_000)
    expect(store.load()).toEqual([])
    expect(told).toContain('trouble: It needs Sys.Console on /.')
    expect(ha.armed).toBe('armed')
  })

  test('another node keeps HA disarmed beyond the time of the first', async () => {
    const { clock, ha, open } = site()
    const desk = open()
    await desk.disarm(TWO_HOURS)
    await desk.disarm({ ...TWO_HOURS, node: 'pve2', forMs: 4 * HOUR })
    await pass(clock, 20_000)
    await pass(clock, 3 * HOUR, 600_000)
    expect(ha.armed).toBe('disarmed')
    expect(desk.rows().map(({ node }) => node)).toEqual(['pve2'])
    await pass(clock, HOUR, 600_000)
    expect(ha.armed).toBe('armed')
  })

  test('arming that fails is tried on and on, and told as late', async () => {
    const { clock, ha, late, open } = site()
    const desk = open()
    await desk.disarm({ ...TWO_HOURS, forMs: 60_000 })
    await pass(clock, 20_000)
    ha.fails = Array(20).fill({ ok: false, code: 'no-quorum', sentence: 'pve1 has no quorum.' })
    await pass(clock, 400_000)
    expect(late.get('pve1')).toContain('pve1 is to be armed again and is not yet')
    await pass(clock, 600_000)
    expect(ha.armed).toBe('armed')
    expect(late.get('pve1')).toBeUndefined()
  })
})

describe('it refuses', () => {
  test.each([
    [
      'ha-transition',
      (ha: HaCluster) => {
        ha.moving = 'fence'
      },
    ],
    [
      'not-trusted',
      (ha: HaCluster) => {
        ha.specs = { pve1: { sees: ['pve1'] }, pve2: { sees: ['pve2'] }, pve3: { sees: ['pve3'] } }
      },
    ],
    [
      'too-old',
      (ha: HaCluster) => {
        ha.armed = 'unknown'
      },
    ],
  ] as const)('%s', async (code, change) => {
    const { ha, open, store } = site()
    change(ha)
    expect(await open().disarm(TWO_HOURS)).toMatchObject({ ok: false, code })
    expect([ha.asked, store.load()]).toEqual([[], []])
  })

  test('a node that nobody knows, one that is not reached, one whose loss costs quorum, and what cannot be kept', async () => {
    const { ha, open, kept, shell } = site()
    const desk = open()
    expect(await desk.disarm({ ...TWO_HOURS, node: 'pve9' })).toMatchObject({ code: 'no-such-node' })
    expect(await desk.disarm({ ...FOR_GOOD, node: 'pve2' })).toMatchObject({ code: 'no-inside' })
    kept.writable = false
    expect(await desk.disarm(TWO_HOURS)).toMatchObject({ ok: false, code: 'store-unavailable' })
    kept.writable = true
    ha.specs = { pve1: { sees: ['pve1', 'pve2'] }, pve2: { sees: ['pve1', 'pve2'] }, pve3: { silent: true } }
    expect(await desk.disarm(FOR_GOOD)).toMatchObject({ code: 'quorum-cost' })
    expect([ha.asked, shell.acts]).toEqual([[], []])
  })

  test('nothing where there is nothing to disarm, which is no failure', async () => {
    const { ha, open } = site()
    ha.armed = 'standby'
    ha.services = []
    expect(await open().disarm(TWO_HOURS)).toMatchObject({ ok: true, code: 'nothing-to-disarm' })
    expect(await open().arm({ node: 'pve1', by: 'x' })).toMatchObject({ ok: true, code: 'nothing-to-arm' })
  })
})

describe('for good', () => {
  test('HA first, then the mux is masked, stopped and its device gone; arming brings it all back', async () => {
    const { clock, ha, shell, open } = site()
    shell.more = () => ({ marker: ha.holding.includes('pve1') })
    const desk = open()
    expect(await desk.disarm(FOR_GOOD)).toMatchObject({ ok: true })
    await pass(clock, 30_000)
    expect(ha).toMatchObject({ armed: 'disarmed', asked: ['disarm ignore'] })
    expect(shell.acts).toEqual(['mask-mux', 'stop-mux', 'unload-softdog'])
    expect(desk.work({ node: 'pve1' })?.steps.at(-1)?.sentence).toContain('closed and gone')
    await desk.arm({ node: 'pve1', by: 'cli:anna' })
    await pass(clock, 10_000)
    expect(shell.acts.slice(3)).toEqual(['unmask-mux', 'start-mux'])
    expect(ha.armed).toBe('armed')
    expect(desk.rows()).toEqual([])
  })

  test('a client that stays keeps the mux running, and in the end everything is as before', async () => {
    const { clock, ha, shell, open } = site()
    shell.more = () => ({ marker: true })
    const desk = open()
    await desk.disarm(FOR_GOOD)
    await pass(clock, 60_000)
    expect(shell.acts).toEqual([])
    await pass(clock, 1_900_000, 20_000)
    expect(shell.acts).toEqual([])
    expect(ha.armed).toBe('armed')
    expect(desk.rows()).toEqual([])
  })

  test('a node that refuses in the last moment is asked again later, and never forced', async () => {
    const { clock, shell, open } = site()
    shell.refuses = 'stop-mux'
    const desk = open()
    await desk.disarm(FOR_GOOD)
    await pass(clock, 60_000)
    expect(new Set(shell.acts)).toEqual(new Set(['mask-mux', 'stop-mux']))
    shell.refuses = undefined
    await pass(clock, 10_000)
    expect(shell.running).toBe(false)
  })
})

describe('a crash', () => {
  /** A process that is killed right after so many writes: nothing more of it reaches the disk or the cluster. */
  function mortal({ clock, ha, store, shell }: ReturnType<typeof site>, writes: number) {
    let left = writes
    const write = (does: () => boolean) => {
      left -= 1
      return left < 0 ? true : does()
    }
    const watch = ha.through(() => left > 0)
    const desk = new NodeWatchdogDesk({
      clock,
      store: {
        load: () => store.load(),
        put: (row) => write(() => store.put(row)),
        remove: (row) => write(() => store.remove(row)),
      },
      watches: () => [watch],
      shells: () => [shell],
      told: () => {},
      late: () => {},
    })
    desk.start()
    return desk
  }

  test('after any write leaves nothing disarmed for longer than was wanted', async () => {
    const runs = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 3 * HOUR }))
    await fc.assert(
      fc.asyncProperty(runs, async ([writes, awayMs]) => {
        const each = site()
        const { clock, ha, store, kept } = each
        await mortal(each, writes).disarm(TWO_HOURS)
        await pass(clock, 20_000)
        if (ha.armed !== 'armed') expect(store.load()).toMatchObject([{ node: 'pve1', haAsked: true, rearmAt: {} }])
        await clock.pass(awayMs)
        each.open()
        await pass(clock, 2 * HOUR + 60_000, 600_000)
        await pass(clock, 60_000)
        expect([ha.armed, store.load(), kept.keys()]).toEqual(['armed', [], []])
      }),
      { numRuns: 30 },
    )
  })
})

test('a status tells the facts, the risk, and what is under way', async () => {
  const { ha, open } = site()
  ha.lines = ["Nov 20 18:58:28 pve1 watchdog-mux[134]: Watchdog driver 'Software Watchdog', version 0"]
  const status = await open().status({ node: 'pve1' })
  expect(status).toMatchObject({
    cluster: 'home',
    armed: 'armed',
    facts: { node: 'pve1', online: true, journal: { driver: 'Software Watchdog' }, inside: { marker: false } },
    working: false,
  })
  expect(status?.findings.map(({ code }) => code)).toEqual(['time-bomb'])
  expect(await open().status({ node: 'pve9' })).toBeUndefined()
})
