import { z } from 'zod'
import { SITUATION_FORMAT, SITUATION_VERSION, type Situation } from '../core/plan/situation.ts'

const moment = z.looseObject({ wallMs: z.number(), bootId: z.string(), monoMs: z.number() })
const rows = z.record(z.string(), z.looseObject({})).default({})

/** The outline is checked; what is in a row is what the program itself wrote. Collections left out are empty. */
const situation = z.looseObject({
  format: z.literal(SITUATION_FORMAT),
  version: z.literal(SITUATION_VERSION),
  at: moment,
  state: z.looseObject({
    policy: z.looseObject({
      mode: z.enum(['dry-run', 'act']),
      intervalMs: z.number().positive(),
      failureThreshold: z.int().positive(),
      hosts: z.array(
        z.looseObject({
          name: z.string(),
          levels: z.array(z.array(z.looseObject({}))),
          channels: z.array(z.looseObject({})),
        }),
      ),
      references: z.array(z.looseObject({})),
      devices: z.array(z.looseObject({ name: z.string(), outlets: z.array(z.looseObject({})) })),
    }),
    hosts: rows,
    claims: rows,
    intents: rows,
    commands: rows,
    pins: rows,
    outlets: rows,
    alerts: rows,
    upsUnits: rows,
    powerOutages: rows,
    learnedTimes: rows,
    meta: rows,
    hostsNow: rows,
    devicesNow: rows,
    roundNow: z.looseObject({
      now: z.looseObject({ round: z.number(), at: moment, startedAt: moment, graceFrom: moment, lastTickAt: moment }),
    }),
    feeds: rows,
    upsNow: rows,
    powerSites: rows,
  }),
})

/** A situation from parsed JSON, or sentences that say where it is wrong. */
export function parseSituation(
  json: unknown,
):
  | { readonly ok: true; readonly situation: Situation }
  | { readonly ok: false; readonly sentences: readonly string[] } {
  const parsed = situation.safeParse(json)
  if (parsed.success) return { ok: true, situation: parsed.data as unknown as Situation }
  const sentences = parsed.error.issues
    .slice(0, 10)
    .map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`)
  return { ok: false, sentences }
}
