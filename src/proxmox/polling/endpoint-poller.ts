import type { ApiFailure, ClusterStatus, Read, ReadError, Section } from '../../core/cluster/types.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Endpoint } from '../api/endpoint.ts'
import { Naps } from './naps.ts'
import { firstAfterMs, intervalMs, isAskedOnce, LANES, type Lane, laneOf } from './rhythm.ts'
import type { SectionOutcome, SectionReader, SectionValues } from './section.ts'
import { sectionReaders } from './sections.ts'

/** After such an answer to the first question nothing else is asked before that one is answered again. */
const DOWN: ReadonlySet<ApiFailure> = new Set([
  'unreachable',
  'timeout',
  'tls',
  'fingerprint-mismatch',
  'unauthorized',
  'secret-missing',
  'malformed-answer',
  'too-large',
  'peer-unreachable',
])
/** From so many failures in a row on, one that is down is asked at every second poll only. */
const PATIENCE = 4
/** Sections that are due within this part of a poll are asked together, on one connection. */
const TOGETHER = 0.1
/** A long time: until woken. */
const REST_MS = 3_600_000

export type Reads = { readonly [S in Section]?: Read<SectionValues[S]> }

export type PollerParts = {
  readonly clock: Clock
  /** 0 to 1. */
  readonly random: () => number
  readonly pollMs: number
  readonly configuredNode?: string
  /** Whether this endpoint should be asked for more than how the cluster stands, and for what is asked of one only. */
  readonly wanted: (poller: EndpointPoller) => { readonly all: boolean; readonly once: boolean }
  readonly changed: () => void
}

type Task = { readonly reader: SectionReader; dueMs: number; begun: number; applied: number }

/** Asks one endpoint for its sections, each at its rhythm. It waits for no other endpoint, and none for it. */
export class EndpointPoller {
  readonly endpoint: Endpoint
  readonly #parts: PollerParts
  readonly #tasks: ReadonlyMap<Section, Task>
  readonly #naps: Naps
  #reads: Reads = {}
  #errors: Readonly<Partial<Record<Section, ReadError>>> = {}
  #up = false
  #downBecause: ReadError | undefined
  #failures = 0
  #closed = false
  #loops: Promise<unknown> = Promise.resolve()

  constructor(endpoint: Endpoint, parts: PollerParts) {
    this.endpoint = endpoint
    this.#parts = parts
    this.#naps = new Naps(parts.clock)
    const nowMs = parts.clock.now().monoMs
    const tasks = sectionReaders(parts.random).map(
      (reader): Task => ({
        reader,
        dueMs: nowMs + firstAfterMs(reader.section, parts.random()),
        begun: 0,
        applied: 0,
      }),
    )
    this.#tasks = new Map(tasks.map((task) => [task.reader.section, task]))
  }

  get reads(): Reads {
    return this.#reads
  }

  get errors(): Readonly<Partial<Record<Section, ReadError>>> {
    return this.#errors
  }

  /** It answered when it was asked last how the cluster stands. */
  get up(): boolean {
    return this.#up
  }

  get configuredNode(): string | undefined {
    return this.#parts.configuredNode
  }

  /** By its own word; before its first one by ours. */
  get node(): string | undefined {
    return localName(this.#reads.status?.value) ?? this.#parts.configuredNode
  }

  start(): void {
    this.#loops = Promise.all(LANES.map((lane) => this.#run(lane)))
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#naps.wakeAll()
    this.endpoint.close()
    await this.#loops
  }

  /** Asks for these now, whatever their rhythm. */
  async refresh(sections: readonly Section[]): Promise<void> {
    const wanted = this.#parts.wanted(this)
    const asked = sections.filter(
      (section) => section === 'status' || (this.#up && wanted.all && (wanted.once || !isAskedOnce(section))),
    )
    await Promise.all(asked.map((section) => this.#poll(this.#task(section))))
    if (asked.length > 0) this.#parts.changed()
  }

  async #run(lane: Lane): Promise<void> {
    const tasks = [...this.#tasks.values()].filter(({ reader }) => laneOf(reader.section) === lane)
    while (!this.#closed) {
      const waitMs = this.#waitMs(tasks)
      if (waitMs > 0) {
        await this.#naps.nap(waitMs)
        continue
      }
      // Drawn anew each time, and never above 1: the endpoints drift apart, and no age grows beyond the rhythm.
      const part = 1 - TOGETHER * this.#parts.random()
      let changed = false
      for (const task of this.#due(tasks)) {
        changed = (await this.#turn(task, part)) || changed
        if (changed && task.reader.section === 'status') this.#parts.changed()
        if (this.#closed) return
      }
      if (changed) this.#parts.changed()
    }
  }

  #waitMs(tasks: readonly Task[]): number {
    const nowMs = this.#parts.clock.now().monoMs
    const open = tasks.filter((task) => this.#mayAsk(task))
    if (open.length === 0) return REST_MS
    return Math.max(0, Math.min(...open.map(({ dueMs }) => dueMs)) - nowMs)
  }

  #due(tasks: readonly Task[]): readonly Task[] {
    const untilMs = this.#parts.clock.now().monoMs + TOGETHER * this.#parts.pollMs
    return tasks.filter((task) => task.dueMs <= untilMs)
  }

  #mayAsk({ reader }: Task): boolean {
    return reader.section === 'status' || this.#up
  }

  /** One section's turn: whether the view changed. */
  async #turn(task: Task, part: number): Promise<boolean> {
    const { section } = task.reader
    if (!this.#mayAsk(task)) return false
    const { pollMs, clock } = this.#parts
    const beganMs = clock.now().monoMs
    if (section !== 'status') {
      const wanted = this.#parts.wanted(this)
      if (!wanted.all || (isAskedOnce(section) && !wanted.once)) {
        task.dueMs = beganMs + pollMs
        // What went wrong while it was asked here is nobody's trouble any more.
        return this.#forget(section)
      }
    }
    const failure = await this.#poll(task)
    const again = section === 'status' && this.#failures >= PATIENCE ? 2 * pollMs : intervalMs(section, pollMs, failure)
    task.dueMs = beganMs + again * part
    return true
  }

  async #poll(task: Task): Promise<ApiFailure | undefined> {
    const { section } = task.reader
    task.begun += 1
    const turn = task.begun
    const outcome = await task.reader.read({
      node: this.node ?? '',
      ask: (request) => this.endpoint.call(request, { section }),
      now: () => this.#parts.clock.now(),
      ...(this.#reads.resources === undefined ? {} : { resources: this.#reads.resources.value }),
    })
    const failure = outcome.ok ? undefined : outcome.code
    // One that was asked later has answered before, or nobody waits any more.
    if (turn < task.applied || this.#closed || failure === 'aborted') return failure
    task.applied = turn
    if (section === 'status') this.#heed(outcome as SectionOutcome<ClusterStatus>)
    this.#apply(section, outcome)
    return failure ?? (outcome.ok && 'beside' in outcome ? outcome.beside?.code : undefined)
  }

  #apply(section: Section, outcome: SectionOutcome<unknown>): void {
    if (!outcome.ok) {
      // While it is down every section carries the reason already.
      if (this.#up) this.#errors = { ...this.#errors, [section]: errorOf(outcome) }
      return
    }
    this.#forget(section)
    if ('unchanged' in outcome) return
    if (outcome.beside !== undefined) this.#errors = { ...this.#errors, [section]: errorOf(outcome.beside) }
    this.#reads = { ...this.#reads, [section]: { at: outcome.at, value: outcome.value } }
  }

  /** Of the first question: whether the endpoint is there, and which node it is. */
  #heed(outcome: SectionOutcome<ClusterStatus>): void {
    if (!outcome.ok) {
      // Without the name of the node nothing else can be asked.
      const down = DOWN.has(outcome.code) || this.node === undefined
      this.#failures += 1
      if (!down) return this.#rise()
      this.#up = false
      const error = errorOf(outcome)
      // None of them is asked meanwhile, and this is why.
      this.#errors = Object.fromEntries([...this.#tasks.keys()].map((section) => [section, error]))
      this.#downBecause = error
      return
    }
    this.#failures = 0
    if ('unchanged' in outcome) return
    const name = localName(outcome.value)
    // Another machine answers at this address: what the former one said of itself is not its.
    if (name !== localName(this.#reads.status?.value)) this.#reads = {}
    if (name !== undefined) this.endpoint.knownAs(name)
    this.#rise()
  }

  #rise(): void {
    if (this.#up) return
    this.#up = true
    const kept = Object.entries(this.#errors).filter(([, error]) => error !== this.#downBecause)
    this.#errors = Object.fromEntries(kept)
    this.#naps.wakeAll()
  }

  #forget(section: Section): boolean {
    if (this.#errors[section] === undefined) return false
    const { [section]: _, ...errors } = this.#errors
    this.#errors = errors
    return true
  }

  #task(section: Section): Task {
    return this.#tasks.get(section) as Task
  }
}

export function localName(status: ClusterStatus | undefined): string | undefined {
  return status?.members.find(({ local }) => local)?.name
}

function errorOf({ at, code, sentence }: ReadError): ReadError {
  return { at, code, sentence }
}
