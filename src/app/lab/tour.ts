import type { HappeningCode } from '../../core/codes.ts'
import { spell } from '../../core/phrase.ts'
import type { Told } from '../../core/state/types.ts'
import type { Lab } from '../../lab/servers/index.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RunningDaemon } from '../daemon.ts'
import type { Narrator } from './narrator.ts'

export type TourEnd = 'done' | 'failed' | 'interrupted'

type Tour = {
  readonly lab: Lab
  readonly daemon: RunningDaemon
  readonly narrator: Narrator
  readonly clock: Clock
  readonly signal: AbortSignal
}

const VICTIM = 'pve3'
/** Lab time after which a step that did not come is a failure: far more than any step needs. */
const PATIENCE_MS = 40 * 60_000

/** One host hangs, is found dead, cycled and seen alive again. */
export async function tour(tour: Tour): Promise<TourEnd> {
  const seen: Told[] = []
  const unsubscribe = tour.daemon.subscribe((told) => seen.push(told))
  try {
    if (!(await allUp(tour))) return ended(tour)
    // The start-up grace has to pass before anything may be switched.
    await tour.clock.sleep(60_000, tour.signal)
    if (tour.signal.aborted) return 'interrupted'
    await tour.lab.act({ kind: 'hang', host: VICTIM })
    tour.narrator.stage(
      tour.clock.now().monoMs,
      `${VICTIM} hangs: its kernel is dead, it draws power and answers nothing.`,
    )
    const hungAt = tour.clock.now().monoMs
    for (const code of ['host-down', 'cycle-begun', 'outlets-off', 'cycle-done', 'host-recovered'] as const) {
      if (!(await waitFor(tour, seen, code))) return ended(tour)
    }
    summarise(tour, seen, hungAt)
    return 'done'
  } finally {
    unsubscribe()
  }
}

function ended({ signal, narrator }: Tour): TourEnd {
  if (signal.aborted) return 'interrupted'
  narrator.plain('  The next step did not come. That is a mistake of ours; please report it with the lines above.')
  return 'failed'
}

async function allUp({ daemon, clock, signal }: Tour): Promise<boolean> {
  const until = clock.now().monoMs + PATIENCE_MS
  while (!signal.aborted && clock.now().monoMs < until) {
    const state = daemon.state()
    if (state.policy.hosts.every(({ name }) => state.hostsNow[name]?.verdict === 'up')) return true
    await clock.sleep(1_000, signal)
  }
  return false
}

async function waitFor({ daemon, clock, signal }: Tour, seen: readonly Told[], code: HappeningCode): Promise<boolean> {
  const come = () => seen.some((told) => told.code === code && told.host === VICTIM)
  const until = clock.now().monoMs + PATIENCE_MS
  const patience = new AbortController()
  const unsubscribe = daemon.subscribe(() => {
    if (come()) patience.abort()
  })
  const either = AbortSignal.any([signal, patience.signal])
  if (!come()) await clock.sleep(Math.max(0, until - clock.now().monoMs), either)
  unsubscribe()
  return come()
}

function summarise({ narrator, daemon, lab, clock }: Tour, seen: readonly Told[], hungAt: number): void {
  const at = (code: HappeningCode) =>
    seen.find((told) => told.code === code && told.host === VICTIM)?.at.monoMs ?? hungAt
  const state = daemon.state()
  const cuts = lab.state().cuts.map(({ host }) => host)
  const violations = lab.state().violations.length
  narrator.heading('Summary')
  narrator.plain(
    `  ${VICTIM} was found dead ${spell(at('host-down') - hungAt)} after it hung: ${state.policy.failureThreshold} rounds without an answer.`,
  )
  narrator.plain(
    `  Its outlet was verified off ${spell(at('outlets-off') - at('host-down'))} later, and stayed off for ${spell(state.policy.offHoldMs)}.`,
  )
  narrator.plain(
    `  It answered again ${spell(at('host-recovered') - at('cycle-done'))} after its outlet was verified on.`,
  )
  narrator.plain(
    `  From hang to answer: ${spell(at('host-recovered') - hungAt)} in the lab, ${spell((at('host-recovered') - hungAt) / clock.pace)} here.`,
  )
  narrator.plain(
    `  Power was cut ${cuts.length === 1 ? 'once' : `${cuts.length} times`} (${[...new Set(cuts)].join(', ')}); no other host lost anything.`,
  )
  if (violations > 0)
    narrator.plain(`  The strip noted ${violations} violations of its protocol. That is a mistake of ours.`)
  narrator.plain(
    `  The counter of ${VICTIM} stays at 1 of ${state.policy.maxCyclesPerOutage} until it has been well for ${spell(state.policy.clearAfterHealthyMs)}.`,
  )
}
