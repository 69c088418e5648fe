import { z } from 'zod'
import { PURPOSES } from '../core/power/types.ts'
import type { DURABLE, Durable } from '../core/state/types.ts'

/**
 * The shape that a durable row must have to be of use: what the core reads without asking. Loose on purpose: fields
 * that are not named here are kept as they are.
 */
const at = z.looseObject({ wallMs: z.number(), bootId: z.string(), monoMs: z.number() })
const told = z.looseObject({ at, sentence: z.string() })
const failed = z.looseObject({ code: z.string(), sentence: z.string() })
const deviceRef = z.looseObject({ device: z.string(), outlet: z.string() })
const reading = z.looseObject({ state: z.enum(['on', 'off', 'unknown']), at })

const hosts = z.looseObject({
  host: z.string(),
  outage: z
    .looseObject({
      id: z.string(),
      startedAt: at,
      verdict: z.enum(['up', 'wedged', 'down', 'unknown']),
      cycles: z.number(),
      wouldCycles: z.number(),
      wouldCycleAt: at.optional(),
      recoveredAt: at.optional(),
    })
    .optional(),
  lockout: told.optional(),
  cycleTimes: z.array(at).readonly(),
  bootGraceUntil: at.optional(),
  mappingSuspect: told.optional(),
  mappingVerifiedAt: at.optional(),
  verifying: z.looseObject({ intent: z.string(), sawSilence: z.boolean(), until: at }).optional(),
})

const until = z.union([
  z.looseObject({ at }),
  z.looseObject({ renewedAt: at, ttlMs: z.number() }),
  z.literal('release'),
])

const claims = z.looseObject({
  id: z.string(),
  revision: z.number(),
  target: z.string(),
  purpose: z.enum(PURPOSES),
  by: z.string(),
  reason: z.string(),
  goal: z.enum(['on', 'off', 'cycle', 'hands-off']),
  blocks: z.array(z.enum(PURPOSES)).readonly(),
  until,
  madeAt: at,
  holdMs: z.number().optional(),
})

const leg = z.looseObject({
  ref: deviceRef,
  before: reading.optional(),
  last: reading.optional(),
  step: z.enum(['planned', 'arming', 'turning-off', 'off', 'turning-on', 'settling', 'on']),
  attempts: z.number(),
  nextAt: at.optional(),
  deviceTimerAt: at.optional(),
  offMayLandUntil: at.optional(),
  offCommittedAt: at.optional(),
  offConfirmedAt: at.optional(),
  onSentAt: at.optional(),
  command: z.string().optional(),
  lastError: failed.optional(),
})

const intents = z.looseObject({
  id: z.string(),
  target: z.string(),
  kind: z.enum(['cycle', 'off', 'on']),
  purpose: z.enum(PURPOSES),
  reason: z.string(),
  level: z.number(),
  epoch: z.number(),
  claim: z.looseObject({ id: z.string(), revision: z.number() }),
  mappingHash: z.string(),
  legs: z.array(leg).readonly(),
  basis: z.array(z.string()).readonly(),
  barrier: z.enum(['checking', 'all-off', 'holding', 'all-on', 'stuck']),
  createdAt: at,
  holdMs: z.number(),
  allOffAt: at.optional(),
  holdSeenAt: at.optional(),
  mustBeOnBy: at.optional(),
  finalProbe: z.looseObject({ askedAt: at, answeredAt: at.optional() }).optional(),
  aborted: failed.optional(),
  othersAlive: z.array(z.string()).readonly().optional(),
  othersSilent: z.array(z.string()).readonly().optional(),
  turningOnSince: at.optional(),
})

const commands = z.looseObject({
  id: z.string(),
  intent: z.string(),
  leg: z.number(),
  ref: deviceRef,
  op: z.enum(['identify', 'read', 'arm', 'disarm', 'off', 'on']),
  attempt: z.number(),
  epoch: z.number(),
  sendBefore: at,
  armSeconds: z.number().optional(),
})

const pins = z.looseObject({
  device: z.string(),
  deviceId: z.string(),
  model: z.string(),
  at,
  aliases: z.record(z.string(), z.string()).readonly(),
})

const outlets = z.looseObject({
  key: z.string(),
  personOffSince: at.optional(),
  offOnPurpose: z.looseObject({ by: z.string(), at }).optional(),
  lastState: z.enum(['on', 'off', 'unknown']).optional(),
})

const alerts = z.looseObject({
  key: z.string(),
  name: z.string(),
  subject: z.string(),
  state: z.enum(['pending', 'firing', 'quiet']),
  since: at,
  overSince: at.optional(),
  fired: z
    .looseObject({
      labels: z.record(z.string(), z.string()).readonly(),
      fingerprint: z.string(),
      summary: z.string(),
      startsMs: z.number(),
    })
    .optional(),
  flapping: z.boolean().optional(),
  resolvedAt: z.array(at).readonly().optional(),
  raised: z.looseObject({ holds: z.boolean(), sentence: z.string() }).optional(),
})

const ask = z.looseObject({
  attempts: z.number(),
  askedAt: at.optional(),
  lostAt: at.optional(),
  nextAt: at.optional(),
})

const upsUnits = z.looseObject({
  unit: z.string(),
  supply: z.enum(['mains', 'battery', 'unknown']),
  since: at,
  heardAt: at,
  low: z.boolean(),
  fsd: z.enum(['none', 'latched', 'ordered']),
  chargePercent: z.number().optional(),
  runtimeMs: z.number().optional(),
})

const powerOutages = z.looseObject({
  id: z.string(),
  startedAt: at,
  phase: z.enum(['on-battery', 'returning', 'over']),
  dryRun: z.boolean(),
  urgent: z.looseObject({ at, sentence: z.string() }).optional(),
  mainsBackAt: at.optional(),
  returningAt: at.optional(),
  endedAt: at.optional(),
  relapses: z.number(),
  units: z.record(z.string(), z.looseObject({ unit: z.string(), onBatteryMs: z.number(), wattMs: z.number() })),
  stages: z
    .array(
      z.looseObject({
        name: z.string(),
        plan: z.looseObject({
          name: z.string(),
          shedTags: z.array(z.string()).readonly(),
          hosts: z.array(z.string()).readonly(),
        }),
        begunAt: at.optional(),
        committedAt: at.optional(),
      }),
    )
    .readonly(),
  hosts: z.record(
    z.string(),
    z.looseObject({
      host: z.string(),
      cluster: z.string(),
      node: z.string(),
      fed: z.looseObject({
        host: z.string(),
        units: z.array(z.string()).readonly(),
        onBatteryWhen: z.enum(['any', 'all']),
        shutdownBy: z.array(z.enum(['api', 'ssh'])).readonly(),
        startBy: z.array(z.enum(['firmware', 'wake', 'outlet'])).readonly(),
      }),
      stage: z.number(),
      step: z.enum(['running', 'preparing', 'stopping-guests', 'shutting-down', 'off', 'not-off', 'starting', 'on']),
      since: at,
      ask,
    }),
  ),
  clusters: z.record(
    z.string(),
    z.looseObject({
      cluster: z.string(),
      ha: z.enum(['armed', 'quieting', 'quiet', 'free', 'refused', 'arming', 'rearmed']),
      haServices: z.array(z.looseObject({ sid: z.string(), request: z.string() })).readonly(),
      haAsk: ask,
      ceph: z.enum(['clear', 'setting', 'set', 'clearing']),
      cephAsk: ask,
      replicated: z.array(z.string()).readonly(),
      replicateAsk: ask,
    }),
  ),
  guests: z.record(
    z.string(),
    z.looseObject({
      cluster: z.string(),
      guest: z.string(),
      node: z.string(),
      downMs: z.number(),
      upMs: z.number(),
      onboot: z.boolean(),
      step: z.enum(['to-stop', 'stopping', 'stopped', 'left', 'to-start', 'starting', 'running', 'given-up']),
      ask,
    }),
  ),
  story: z.array(told).readonly(),
})

const learnedTimes = z.looseObject({ key: z.string(), tookMs: z.array(z.number()).readonly() })

const meta = z.looseObject({
  key: z.literal('meta'),
  epoch: z.number(),
  nextId: z.number(),
  lastCycleEndedAt: at.optional(),
  forcedDryRun: z.string().optional(),
})

export type DurableName = (typeof DURABLE)[number]

export const ROWS = {
  hosts,
  claims,
  intents,
  commands,
  pins,
  outlets,
  alerts,
  upsUnits,
  powerOutages,
  learnedTimes,
  meta,
} as const

/** The type checker's word that no record the core can make is refused here. */
type Refused = {
  [C in DurableName]: Durable[C][string] extends z.input<(typeof ROWS)[C]> ? never : C
}[DurableName]
const nothingRefused: [Refused] extends [never] ? true : Refused = true
void nothingRefused

/** What is wrong with a row, or undefined where it may be used. */
export function troubleWith(collection: DurableName, value: unknown): string | undefined {
  const parsed = ROWS[collection].safeParse(value)
  if (parsed.success) return undefined
  const issue = parsed.error.issues[0]
  const where = issue?.path.join('.') ?? ''
  return where === '' ? (issue?.message ?? 'unreadable') : `${where}: ${issue?.message}`
}
