import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import type { Probe, ProbeAnswer, ProbeTarget } from '../ports/probe.ts'
import { type Channel, ProbeRounds } from './probe-rounds.ts'
import { ManualClock } from './testing/manual-clock.ts'

type Round = Probe['round']

const life = ({ id }: ProbeTarget): ProbeAnswer => ({
  id,
  says: 'life',
  proves: 'kernel',
  durationMs: 1,
  detail: '1 ms',
})
const alive: Round = async (targets) => targets.map(life)
const never: Round = () => new Promise(() => {})

const channel = (of: string, kind: string): Channel => ({
  of,
  name: kind,
  kind,
  address: '192.0.2.1',
  settings: {},
  proves: 'kernel',
})
const CHANNELS = ['pve1', 'pve2', 'reference:gateway'].flatMap((of) => [channel(of, 'good'), channel(of, 'bad')])

function setUp(bad: Round, pace = 1) {
  const closed: string[] = []
  const probe = (kind: string, round: Round): Probe => ({ kind, round, close: async () => void closed.push(kind) })
  const clock = Object.assign(new ManualClock(), { pace })
  const probes = { good: probe('good', alive), bad: probe('bad', bad) }
  return { rounds: new ProbeRounds({ channels: CHANNELS, probes, clock, vantage: 'here' }), closed }
}

const signal = () => new AbortController().signal

async function saysOf(rounds: ProbeRounds, kind: string, hosts?: readonly string[]) {
  const evidence = await rounds.ask(7, 20, signal(), hosts)
  return evidence.filter(({ channel: name }) => name === kind).map(({ host, says, detail }) => ({ host, says, detail }))
}

const hosts = ['pve1', 'pve2', 'reference:gateway']
const broken = (detail: unknown) => hosts.map((host) => ({ host, says: 'probe-broken', detail }))

describe('probing', () => {
  test('asks every channel, one call a kind, and names who answered', async () => {
    const calls: number[] = []
    const { rounds, closed } = setUp(async (targets) => {
      calls.push(targets.length)
      return targets.map((target) => ({ ...life(target), says: 'silence' as const, proves: 'none' as const }))
    })
    const evidence = await rounds.ask(7, 20, signal())
    expect(evidence).toHaveLength(6)
    expect(calls).toEqual([3])
    expect(evidence[0]).toMatchObject({ host: 'pve1', channel: 'good', round: 7, vantage: 'here', says: 'life' })
    expect(rounds.stats()).toHaveLength(6)
    expect(rounds.stats().at(-1)).toMatchObject({ of: 'reference', target: 'gateway', silence: 1, life: 0 })
    await rounds.close()
    expect(closed.sort()).toEqual(['bad', 'good'])
  })

  test('asks only the hosts that it is given', async () => {
    const { rounds } = setUp(alive)
    expect(await saysOf(rounds, 'good', ['pve2'])).toEqual([{ host: 'pve2', says: 'life', detail: '1 ms' }])
  })

  test.each<[string, Round, unknown]>([
    ['throws', () => Promise.reject(new TypeError('a mistake')), 'the probe failed: a mistake'],
    [
      'throws before it begins',
      () => {
        throw new TypeError('a mistake')
      },
      'the probe failed: a mistake',
    ],
    ['answers for nobody', async () => [], expect.stringMatching(/no answer/)],
    [
      'answers for somebody else',
      async () => [{ ...life({ id: 'x/bad', address: '', settings: {} }) }],
      expect.stringMatching(/no answer/),
    ],
  ])('a kind that %s is broken for all its hosts, and only for those', async (_name, round, detail) => {
    const { rounds } = setUp(round)
    expect(await saysOf(rounds, 'bad')).toEqual(broken(detail))
    expect((await saysOf(rounds, 'good')).every(({ says }) => says === 'life')).toBe(true)
    expect(
      rounds
        .stats()
        .filter(({ kind }) => kind === 'bad')
        .every((stat) => stat.broken === 2),
    ).toBe(true)
  })

  test('a kind that never answers is told to give up, and then left behind', async () => {
    let gaveUp = false
    const { rounds } = setUp((targets, deadlineMs, giveUp) => {
      giveUp.addEventListener('abort', () => {
        gaveUp = true
      })
      return never(targets, deadlineMs, giveUp)
    })
    expect(await saysOf(rounds, 'bad')).toEqual(broken(expect.stringMatching(/no answer in time/)))
    expect(gaveUp).toBe(true)
  })

  test('answers that come when told to give up still count', async () => {
    const { rounds } = setUp(
      (targets, _deadlineMs, giveUp) =>
        new Promise((resolve) => giveUp.addEventListener('abort', () => resolve(targets.map(life)))),
    )
    expect((await saysOf(rounds, 'bad')).every(({ says }) => says === 'life')).toBe(true)
  })

  test('closing gives up at once, also one that begins after it', async () => {
    const { rounds } = setUp(never)
    const closing = new AbortController()
    const asked = rounds.ask(1, 3_600_000, closing.signal)
    closing.abort()
    expect((await asked).filter(({ says }) => says === 'probe-broken')).toHaveLength(3)
    expect((await rounds.ask(2, 3_600_000, closing.signal)).filter(({ says }) => says === 'life')).toHaveLength(3)
  })

  test('probes wait in real time: on a paced clock the deadline is shorter', async () => {
    const deadlines: number[] = []
    const { rounds } = setUp(async (targets, deadlineMs) => {
      deadlines.push(deadlineMs)
      return targets.map(life)
    }, 60)
    await rounds.ask(1, 27_000, signal())
    expect(deadlines).toEqual([450])
  })

  test('leaves no listener behind on the signal of the process', async () => {
    const { rounds } = setUp(alive)
    const { signal: long } = new AbortController()
    for (let round = 1; round <= 20; round += 1) await rounds.ask(round, 20, long)
    expect(getEventListeners(long, 'abort')).toEqual([])
  })
})
