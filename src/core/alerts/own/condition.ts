import { OUTLET } from '../../power/arbiter.ts'
import type { CollectionName, State } from '../../state/types.ts'
import type { Sight } from './sight.ts'
import type { AlertRecord, Judgement } from './types.ts'

/** One alert with a begin and an end: when it holds, and its words. Words are made only when something is told. */
export type Condition = {
  /** The collections that `judge` reads: while they are as they were, a firing alert need not be judged anew. */
  readonly reads: readonly Read[]
  judge(sight: Sight, subject: string, record: AlertRecord | undefined): Judgement
  /** One line, the same from its firing to its end. */
  summary(sight: Sight, subject: string): string
  /** Why it fires: what was seen, and what is being done about it. */
  why(sight: Sight, subject: string, record: AlertRecord): string
  /** How it ended. */
  end(sight: Sight, subject: string, record: AlertRecord): string
}

type Read = Exclude<CollectionName, 'alerts'>

/** Of these only the row of the alert's own subject is read. */
const BY_SUBJECT: ReadonlySet<Read> = new Set(['hosts', 'hostsNow'])

export function isTouched({ reads }: Condition, subject: string, before: State, after: State): boolean {
  for (const collection of reads) {
    if (before[collection] === after[collection]) continue
    if (!BY_SUBJECT.has(collection) || before[collection][subject] !== after[collection][subject]) return true
  }
  return false
}

/** `pve1`, or `outlet strip/3` for a target that is a bare outlet. */
export function nameOf(target: string): string {
  return target.startsWith(OUTLET) ? `outlet ${target.slice(OUTLET.length)}` : target
}

/** Of what was raised: it holds until somebody says that it does not. */
export function isRaised(record: AlertRecord | undefined): boolean {
  return record?.raised?.holds === true
}

export function wordOf(record: AlertRecord): string {
  return record.raised?.sentence ?? ''
}
