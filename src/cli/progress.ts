import type { Event } from '../api/events.ts'
import type { Exit } from './exit-codes.ts'
import { isAbout, type Subject } from './subject.ts'

export type Wanted = 'on' | 'off' | 'cycle' | 'verify'

/** How a plan of each kind can end, by the event that tells it. */
const ENDS: Readonly<Record<Wanted, Readonly<Record<string, Exit>>>> = {
  cycle: { 'cycle-done': 'ok', 'cycle-failed': 'failed', 'cycle-abandoned': 'abandoned', 'switched-on': 'cutShort' },
  off: { 'outlets-off': 'ok', 'cycle-failed': 'failed', 'cycle-abandoned': 'abandoned', 'switched-on': 'cutShort' },
  on: { 'switched-on': 'ok', 'cycle-done': 'ok', 'cycle-failed': 'failed', 'cycle-abandoned': 'abandoned' },
  verify: {
    'mapping-verified': 'ok',
    'mapping-unproven': 'unproven',
    'cycle-failed': 'failed',
    'cycle-abandoned': 'abandoned',
    'switched-on': 'cutShort',
  },
}

/** What was seen of one order so far. Fed with events in the order of their ids; decides nothing about time. */
export class Progress {
  readonly #subject: Subject
  readonly #wanted: Wanted
  readonly #plans = new Set<string>()
  #suspect = false
  exit: Exit | undefined

  constructor(subject: Subject, wanted: Wanted, plan: string | undefined) {
    this.#subject = subject
    this.#wanted = wanted
    if (plan !== undefined) this.#plans.add(plan)
  }

  /** A plan that the status shows for the subject is ours: one target has one plan. */
  adopt(plan: string): void {
    this.#plans.add(plan)
  }

  /** Whether the event belongs to the order, and so is worth telling. */
  take(event: Event): boolean {
    if (event.code === 'cycle-planned' && isAbout(event.host, this.#subject) && event.intent !== undefined) {
      this.#plans.add(event.intent)
    }
    const ours = event.intent === undefined ? isAbout(event.host, this.#subject) : this.#plans.has(event.intent)
    if (!ours) return false
    if (event.code === 'mapping-suspect') this.#suspect = true
    const end = ENDS[this.#wanted][event.code]
    // A fallback plans anew after a failure: the later end counts.
    if (end !== undefined) this.exit = this.#suspect && end !== 'ok' ? 'unproven' : end
    if (event.code === 'cycle-fallback' || event.code === 'cycle-planned') this.exit = undefined
    return true
  }
}
