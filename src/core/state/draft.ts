import type { Incoming } from '../alerts/types.ts'
import { HAPPENINGS, type HappeningCode, type Severity } from '../codes.ts'
import { type At, elapsedMs } from '../time.ts'
import { Folder } from './apply.ts'
import { metaOf, recordOf, roundOf } from './initial.ts'
import type {
  Change,
  CollectionName,
  Collections,
  Decision,
  Effect,
  HostRecord,
  Meta,
  RoundNow,
  State,
  Told,
} from './types.ts'

/** A clock that boots in 1970 puts things half a century away: looked at again every hour. */
const LONGEST_SLEEP_MS = 3_600_000

/** One decision while it is being made: what was changed is at once seen by the slices that come after. */
export class Draft {
  readonly now: At
  readonly changes: Change[] = []
  readonly told: Told[] = []
  readonly incoming: Incoming[] = []
  readonly effects: Effect[] = []
  #folder: Folder
  #wakeInMs: number | undefined

  constructor(state: State, now: At) {
    this.#folder = new Folder(state)
    this.now = now
  }

  get state(): State {
    return this.#folder.state
  }

  put<C extends CollectionName>(collection: C, key: string, value: Collections[C][string] | undefined): void {
    const change = { collection, key, value } as Change
    this.changes.push(change)
    this.#folder.put(change)
  }

  putRecord(host: string, part: Partial<HostRecord>): void {
    this.put('hosts', host, { ...recordOf(this.state, host), ...part })
  }

  putRound(part: Partial<RoundNow>): void {
    this.put('roundNow', 'now', { ...roundOf(this.state), ...part })
  }

  putMeta(part: Partial<Meta>): void {
    this.put('meta', 'meta', { ...metaOf(this.state), ...part })
  }

  /** A name that is never used twice, not even after a restart. */
  newId(prefix: string): string {
    const { nextId } = metaOf(this.state)
    this.putMeta({ nextId: nextId + 1 })
    return `${prefix}-${nextId}`
  }

  tell(code: HappeningCode, sentence: string, about: Omit<Partial<Told>, 'code' | 'sentence' | 'at'> = {}): void {
    const severity: Severity = about.severity ?? HAPPENINGS[code][0]
    this.told.push({ ...about, code, severity, at: this.now, sentence })
  }

  effect(effect: Effect): void {
    this.effects.push(effect)
  }

  /** Asks to be woken at `at`, or at once where it has passed. */
  wakeBy(at: At): void {
    const inMs = at.bootId === this.now.bootId ? at.monoMs - this.now.monoMs : elapsedMs(this.now, at)
    this.wakeIn(inMs)
  }

  wakeIn(ms: number): void {
    this.#wakeInMs = Math.min(this.#wakeInMs ?? LONGEST_SLEEP_MS, Math.max(0, ms))
  }

  decision(): Decision {
    const { changes, told, incoming, effects, now } = this
    if (this.#wakeInMs === undefined) return { changes, told, incoming, effects }
    const wakeAt: At = { wallMs: now.wallMs + this.#wakeInMs, bootId: now.bootId, monoMs: now.monoMs + this.#wakeInMs }
    return { changes, told, incoming, effects, wakeAt }
  }
}
