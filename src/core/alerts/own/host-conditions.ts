import { describe } from '../../evidence/observe.ts'
import { spell } from '../../phrase.ts'
import type { HostPolicy } from '../../policy.ts'
import type { HostNow } from '../../state/types.ts'
import { elapsedMs } from '../../time.ts'
import { type Condition, isRaised, wordOf } from './condition.ts'
import type { Sight } from './sight.ts'
import type { ConditionName } from './table.ts'
import type { AlertRecord, Judgement } from './types.ts'

type OfHosts = Extract<
  ConditionName,
  | 'ProxmoxHostDown'
  | 'ProxmoxHostWedged'
  | 'ProxmoxHostUnknown'
  | 'ProxmoxPowerCycleFailed'
  | 'ProxmoxMaxPowerCycles'
  | 'ProxmoxRecoveryHeld'
  | 'ProxmoxWouldPowerCycle'
  | 'OutletMappingSuspect'
>

type Touched = Condition['isTouched']
const byHands: Touched = (before, after) =>
  before.claims !== after.claims || before.outlets !== after.outlets || before.powerOutages !== after.powerOutages
const byRecord: Touched = (before, after, host) => before.hosts[host] !== after.hosts[host]
/** A host's life, and the hands that it is in. */
const byLife: Touched = (before, after, host) =>
  before.hostsNow[host] !== after.hostsNow[host] || byHands(before, after, host)

export const hostConditions: Record<OfHosts, Condition> = {
  ProxmoxHostDown: {
    isTouched: byLife,
    judge: ofHost((sight, host, now) => {
      if (now?.verdict === 'wedged') return 'over'
      if (now?.verdict !== 'down') return 'unsure'
      return sight.isSilencedByUs(host) ? 'unsure' : 'holds'
    }),
    summary: (_sight, host) => `${host} is down`,
    why(sight, host) {
      const { now } = seen(sight, host)
      return `No answer in ${now?.failures ?? 0} rounds (${answers(now)}). ${whatIsDone(sight, host)}`.trim()
    },
    end(sight, host, record) {
      if (seen(sight, host).now?.verdict === 'wedged') {
        return `${host} is wedged now: its kernel answers again, its userland does not.`
      }
      return `${host} answers again after ${lasted(sight, record)} (${cyclesOf(sight, host)}).`
    },
  },
  ProxmoxHostWedged: {
    isTouched: byLife,
    judge: ofHost((sight, host, now) => {
      if (now?.verdict === 'down') return 'over'
      if (now?.verdict !== 'wedged') return 'unsure'
      return sight.isSilencedByUs(host) ? 'unsure' : 'holds'
    }),
    summary: (_sight, host) => `${host} is wedged`,
    why(sight, host) {
      const { now } = seen(sight, host)
      return `Its kernel answers, its userland does not (${answers(now)}). ${whatIsDone(sight, host)}`.trim()
    },
    end(sight, host, record) {
      if (seen(sight, host).now?.verdict === 'down') return `${host} is down now: its kernel is silent as well.`
      return `${host} is well again after ${lasted(sight, record)} (${cyclesOf(sight, host)}).`
    },
  },
  ProxmoxHostUnknown: {
    isTouched: byLife,
    judge: ofHost((sight, _host, now) => {
      if (now === undefined) return 'unsure'
      if (now.verdict !== 'unknown') return 'over'
      return now.unknownRounds >= sight.state.policy.failureThreshold ? 'holds' : 'unsure'
    }),
    summary: (_sight, host) => `Whether ${host} lives is not known`,
    why: (sight, host) =>
      `Nothing certain was learned of it in ${seen(sight, host).now?.unknownRounds ?? 0} rounds (${answers(seen(sight, host).now)}). It is not power-cycled meanwhile.`,
    end: (sight, host) => `${host} is ${seen(sight, host).now?.verdict ?? 'seen'}, as its probes say again.`,
  },
  ProxmoxPowerCycleFailed: {
    isTouched: (before, after, host) => before.intents !== after.intents || byLife(before, after, host),
    judge: ofHost((sight, host, _now, record) => {
      if (!isRaised(record)) return 'over'
      const plan = sight.planFor(host.name)
      return plan !== undefined && plan.barrier !== 'checking' ? 'over' : 'holds'
    }),
    summary: (_sight, host) => `The power cycle of ${host} failed`,
    why: (_sight, _host, record) => wordOf(record),
    end: (sight, host) =>
      seen(sight, host).now?.verdict === 'up' ? `${host} answers again.` : `${host} is being power-cycled once more.`,
  },
  ProxmoxMaxPowerCycles: {
    isTouched: (before, after, host) => byRecord(before, after, host) || byHands(before, after, host),
    // A sign of life is no health: the lock itself says when it is over.
    judge: ofLiveHost((sight, host) => (sight.state.hosts[host.name]?.lockout === undefined ? 'over' : 'holds')),
    summary: (_sight, host) => `Power cycles do not help ${host}: the watchdog has stopped trying`,
    why: (sight, host) =>
      `${seen(sight, host).record?.lockout?.sentence ?? ''} Afterwards: proxmox-watchdog lockout clear ${host}.`.trim(),
    end: (_sight, host) => `The lockout of ${host} is cleared: it may be power-cycled again.`,
  },
  ProxmoxRecoveryHeld: {
    isTouched: byLife,
    judge: ofHost((_sight, _host, now) => {
      if (now === undefined || now.verdict === 'unknown') return 'unsure'
      if (now.refusedSince === undefined) return 'over'
      // After a restart the hold is measured anew: until it is long again, nothing says that it ended.
      return now.heldTold === true ? 'holds' : 'unsure'
    }),
    summary: (_sight, host) => `${host} is dead, and its recovery is held back`,
    why(sight, host) {
      const { now } = seen(sight, host)
      const since = now?.refusedSince === undefined ? '' : `Held back for ${spell(sight.sinceMs(now.refusedSince))}: `
      return `${since}${whyNot(now)}`
    },
    end(sight, host) {
      if (seen(sight, host).now?.verdict === 'up') return `${host} answers again.`
      if (sight.planFor(host) !== undefined) return `Nothing holds ${host} back any more: it is being power-cycled.`
      return `Nothing holds ${host} back any more.`
    },
  },
  ProxmoxWouldPowerCycle: {
    isTouched: (before, after, host) =>
      before.meta !== after.meta || byRecord(before, after, host) || byLife(before, after, host),
    judge: ofHost((sight, host, now) => {
      const { policy, meta, hosts } = sight.state
      if (policy.mode === 'act' && meta.meta?.forcedDryRun === undefined) return 'over'
      const told = hosts[host.name]?.outage?.wouldCycles ?? 0
      if (told === 0) return 'over'
      return now === undefined || now.verdict === 'unknown' ? 'unsure' : 'holds'
    }),
    summary: (_sight, host) => `DRY RUN: ${host} would be power-cycled`,
    why: (sight, host) =>
      `${host} is ${seen(sight, host).now?.verdict ?? 'down'}, and no guard but dry-run holds it back. Nothing was switched.`,
    end: (sight, host) =>
      seen(sight, host).now?.verdict === 'up'
        ? `${host} answers again.`
        : `${host} would not be power-cycled any more.`,
  },
  OutletMappingSuspect: {
    isTouched: byRecord,
    judge: (sight, host) => {
      if (sight.host(host) === undefined) return 'ended'
      return sight.state.hosts[host]?.mappingSuspect === undefined ? 'over' : 'holds'
    },
    summary: (_sight, host) => `The outlet of ${host} is in doubt`,
    why: (sight, host) =>
      `${seen(sight, host).record?.mappingSuspect?.sentence ?? ''} ${host} is not power-cycled until it is verified: proxmox-watchdog outlets verify ${host}.`.trim(),
    end: (_sight, host) => `The outlet of ${host} is trusted again.`,
  },
}

/** A host that is in somebody's hands, or not configured, alarms nobody. */
function ofLiveHost(judge: (sight: Sight, host: HostPolicy, record: AlertRecord | undefined) => Judgement) {
  return (sight: Sight, name: string, record: AlertRecord | undefined): Judgement => {
    const host = sight.host(name)
    if (host === undefined) return 'ended'
    return sight.isInHands(host) ? 'ended' : judge(sight, host, record)
  }
}

/** The same, and one that answers is well. */
function ofHost(
  judge: (sight: Sight, host: HostPolicy, now: HostNow | undefined, record: AlertRecord | undefined) => Judgement,
) {
  return ofLiveHost((sight, host, record) => {
    const now = sight.state.hostsNow[host.name]
    return now?.verdict === 'up' ? 'over' : judge(sight, host, now, record)
  })
}

function seen({ state }: Sight, host: string) {
  return { now: state.hostsNow[host], record: state.hosts[host] }
}

function answers(now: HostNow | undefined): string {
  return describe(Object.values(now?.latest ?? {}))
}

function whatIsDone(sight: Sight, host: string): string {
  const plan = sight.planFor(host)
  if (plan?.barrier === 'checking') return 'A power cycle is planned; before anything is cut it is asked once more.'
  if (plan !== undefined) return 'A power cycle is under way.'
  const why = whyNot(seen(sight, host).now)
  return why === '' ? '' : `It is not power-cycled now: ${why}`
}

function whyNot(now: HostNow | undefined): string {
  if (now === undefined) return ''
  if (now.refusals.length > 0) return now.refusals.map(({ sentence }) => sentence).join(' ')
  return now.abandoned === undefined ? '' : `The last plan was given up: ${now.abandoned.sentence}`
}

/** From its firing until the trouble was over, not until that was believed. */
function lasted({ now }: Sight, { since, overSince }: AlertRecord): string {
  return spell(elapsedMs(since, overSince ?? now))
}

function cyclesOf({ state }: Sight, host: string): string {
  const count = state.hosts[host]?.outage?.cycles ?? 0
  return count === 1 ? '1 power cycle' : `${count} power cycles`
}
