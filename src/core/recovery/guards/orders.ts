import { list, spell } from '../../phrase.ts'
import { blockerOf, endOf } from '../../power/claims.ts'
import { metaOf } from '../../state/initial.ts'
import { elapsedMs } from '../../time.ts'
import { anyOnBattery, liveOutage, unknownUnits } from '../../ups/supply.ts'
import { AUTOMATIC, type Guard, RECOVERY, type Situation } from './guard.ts'

/** Guards about what people and other parts of us have asked for. */
export const orderGuards: readonly Guard[] = [
  { code: 'paused', purposes: ['recovery', 'update'], check: (situation) => blockedBy(situation, 'operator') },
  { code: 'maintenance', purposes: ['recovery', 'update'], check: (situation) => blockedBy(situation, 'maintenance') },
  { code: 'updating', purposes: RECOVERY, check: (situation) => blockedBy(situation, 'update') },
  { code: 'ups-on-battery', purposes: ['recovery', 'update'], check: onBatteryPower },
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

/** From the first minute on battery until everything that was shut down is back. */
function onBatteryPower({ state, host, now }: Situation): string | undefined {
  if (state.policy.ups === undefined) return undefined
  if (anyOnBattery(state, now)) return 'The cluster runs on battery: the power plan decides about hosts now.'
  const outage = liveOutage(state)
  if (outage === undefined || outage.dryRun) return undefined
  const part = outage.hosts[host.name]
  if (outage.phase === 'returning' && (part === undefined || part.step === 'running' || part.step === 'on')) {
    return undefined
  }
  return 'The power failure is not over: the power plan brings hosts back in their order.'
}

function upsUnknown({ state, now }: Situation): string | undefined {
  const names = unknownUnits(state, now)
  if (names.length === 0) return undefined
  const tell = names.length === 1 ? 'it tells' : 'they tell'
  return `What ${list(names)} runs on is not known: until ${tell}, a silent host may be a power failure.`
}

function dryRun({ state }: Situation): string | undefined {
  const forced = metaOf(state).forcedDryRun
  if (forced !== undefined) return `${forced} Nothing is begun until an operator has looked: proxmox-watchdog resume.`
  return state.policy.mode === 'dry-run'
    ? 'The mode is dry-run: what would be done is told, nothing is switched.'
    : undefined
}
