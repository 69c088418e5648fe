import { spell } from '../../phrase.ts'
import { blockerOf, endOf } from '../../power/claims.ts'
import { feedsOf, metaOf } from '../../state/initial.ts'
import { elapsedMs } from '../../time.ts'
import { VIEW_FRESH_MS } from './cluster.ts'
import { AUTOMATIC, type Guard, RECOVERY, type Situation } from './guard.ts'

/** Guards about what people and other parts of us have asked for. */
export const orderGuards: readonly Guard[] = [
  { code: 'paused', purposes: ['recovery', 'update'], check: (situation) => blockedBy(situation, 'operator') },
  { code: 'maintenance', purposes: ['recovery', 'update'], check: (situation) => blockedBy(situation, 'maintenance') },
  { code: 'updating', purposes: RECOVERY, check: (situation) => blockedBy(situation, 'update') },
  { code: 'ups-on-battery', purposes: ['recovery', 'update'], check: onBattery },
  { code: 'ups-unknown', purposes: ['recovery', 'update'], check: upsUnknown },
  { code: 'dry-run', purposes: AUTOMATIC, check: dryRun },
]

function blockedBy(
  { state, host, purpose, now }: Situation,
  owner: 'operator' | 'maintenance' | 'update',
): string | undefined {
  const claim = Object.values(state.claims).find(
    (each) =>
      each.purpose === owner &&
      each.goal === 'hands-off' &&
      (each.target === host.name || each.target === '*') &&
      each.blocks.includes(purpose),
  )
  if (claim === undefined || blockerOf(state, host.name, purpose) === undefined) return undefined
  const end = endOf(claim.until)
  const left = end === undefined ? 'until it is ended by hand' : `for ${spell(elapsedMs(now, end))} more`
  const what = { operator: 'Paused', maintenance: 'In maintenance', update: 'Being updated' }[owner]
  return `${what} by ${claim.by} ${left}: ${claim.reason}.`
}

function onBattery({ state }: Situation): string | undefined {
  const feeds = feedsOf(state)
  if (!feeds.upsConfigured || feeds.ups?.state !== 'battery') return undefined
  return 'The cluster runs on battery: the power plan decides about hosts now.'
}

function upsUnknown({ state, now }: Situation): string | undefined {
  const { upsConfigured, ups } = feedsOf(state)
  if (!upsConfigured || (ups !== undefined && ups.state !== 'unknown' && elapsedMs(ups.at, now) <= VIEW_FRESH_MS)) {
    return undefined
  }
  return 'A UPS is configured, but its state is not known.'
}

function dryRun({ state }: Situation): string | undefined {
  const forced = metaOf(state).forcedDryRun
  if (forced !== undefined) return `${forced} Nothing is begun until an operator has looked: proxmox-watchdog resume.`
  return state.policy.mode === 'dry-run'
    ? 'The mode is dry-run: what would be done is told, nothing is switched.'
    : undefined
}
