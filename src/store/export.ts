import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { HAPPENINGS, type HappeningCode } from '../core/codes.ts'
import type { Snapshot } from '../core/state/types.ts'
import { readSnapshot } from './entities.ts'
import { readEvents, type StoredEvent } from './event-history.ts'
import { failure, type StoreFailure } from './failure.ts'
import { ROWS } from './rows.ts'

export const EXPORT_FORMAT = 'proxmox-watchdog-state'
export const EXPORT_VERSION = 1
const DEFAULT_LAST_EVENTS = 1_000

/** The durable state as one JSON document: what `state export` writes and `plan FILE` reads. */
export type StateExport = {
  readonly format: typeof EXPORT_FORMAT
  readonly version: typeof EXPORT_VERSION
  /** ISO 8601, UTC. */
  readonly exportedAt: string
  readonly snapshot: Snapshot
  /** The last ones, newest first. */
  readonly events: readonly StoredEvent[]
}

/** Throws SQLite's error. */
export function exportOf(database: DatabaseSync, wallMs: number, lastEvents = DEFAULT_LAST_EVENTS): StateExport {
  return {
    format: EXPORT_FORMAT,
    version: EXPORT_VERSION,
    exportedAt: new Date(wallMs).toISOString(),
    snapshot: readSnapshot(database).snapshot,
    events: readEvents(database, { limit: lastEvents }),
  }
}

const collection = <T extends z.ZodType>(row: T) => z.record(z.string(), row).default({})

const event = z.looseObject({
  id: z.number(),
  code: z.enum(Object.keys(HAPPENINGS) as [HappeningCode, ...HappeningCode[]]),
  severity: z.enum(['debug', 'info', 'warning', 'critical']),
  at: z.looseObject({ wallMs: z.number(), bootId: z.string(), monoMs: z.number() }),
  sentence: z.string(),
  guards: z.array(z.string()).optional(),
})

const document = z.strictObject({
  format: z.literal(EXPORT_FORMAT),
  version: z.literal(EXPORT_VERSION),
  exportedAt: z.iso.datetime(),
  snapshot: z.strictObject({
    hosts: collection(ROWS.hosts),
    claims: collection(ROWS.claims),
    intents: collection(ROWS.intents),
    commands: collection(ROWS.commands),
    pins: collection(ROWS.pins),
    outlets: collection(ROWS.outlets),
    meta: collection(ROWS.meta),
  }),
  events: z.array(event).default([]),
})

/** An export read back, from its text or its parsed JSON. A collection that is left out is empty. */
export function parseExport(json: unknown): { readonly ok: true; readonly state: StateExport } | StoreFailure {
  let value = json
  if (typeof json === 'string') {
    try {
      value = JSON.parse(json)
    } catch (error) {
      return failure('invalid', `This is not JSON: ${(error as Error).message}.`)
    }
  }
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown }
  if (format !== EXPORT_FORMAT)
    return failure('invalid', `This is no exported state: "format" is not ${EXPORT_FORMAT}.`)
  if (version !== EXPORT_VERSION) {
    return failure('invalid', `This export is of version ${String(version)}; this program reads ${EXPORT_VERSION}.`)
  }
  const parsed = document.safeParse(value)
  if (parsed.success) return { ok: true, state: parsed.data as unknown as StateExport }
  const issues = parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  return failure('invalid', `This export cannot be read: ${issues.join('; ')}.`)
}
