import { OUTLET } from '../../power/arbiter.ts'
import type { State } from '../../state/types.ts'
import type { Sight } from './sight.ts'
import type { AlertRecord, Judgement } from './types.ts'

/** One alert with a begin and an end: when it holds, and its words. Words are made only when something is told. */
export type Condition = {
  /** Whether anything that could end it has changed; while nothing has, a firing alert need not be judged anew. */
  isTouched(before: State, after: State, subject: string): boolean
  judge(sight: Sight, subject: string, record: AlertRecord | undefined): Judgement
  /** One line, the same from its firing to its end. */
  summary(sight: Sight, subject: string): string
  /** Why it fires: what was seen, and what is being done about it. */
  why(sight: Sight, subject: string, record: AlertRecord): string
  /** How it ended. */
  end(sight: Sight, subject: string, record: AlertRecord): string
}

/** Of what only a word begins and ends, which is a change of its own row. */
export const byWord = (): boolean => false

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
