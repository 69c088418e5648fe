import { judgeCluster } from '../../core/cluster/model.ts'
import type { ApiFailure } from '../../core/cluster/types.ts'
import { armedAgain, nextStep, turned } from '../../core/node-watchdog/next-step.ts'
import { sightOf } from '../../core/node-watchdog/sight.ts'
import type { DisarmRow, Inside, Sight, Step } from '../../core/node-watchdog/types.ts'
import { type At, elapsedMs } from '../../core/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterWatch } from '../../ports/cluster.ts'
import type { NodeShell } from '../../ports/node-shell.ts'
import type { DisarmStore, NodeWatchdogWork } from '../../ports/node-watchdog.ts'

export type RunParts = {
  readonly clock: Clock
  /** Asked anew each time: a reload may have changed them. */
  readonly watch: () => ClusterWatch | undefined
  readonly shell: () => NodeShell | undefined
  readonly store: DisarmStore
  readonly others: () => readonly string[]
  readonly told: (row: DisarmRow, sentence: string, kind: 'begun' | 'disarmed' | 'armed' | 'trouble') => void
  /** It is not armed again in time; undefined once it is. */
  readonly late: (row: DisarmRow, sentence: string | undefined) => void
}

const POLL_MS = 2_000
const LATE_MS = 300_000
const MOST_STEPS = 100
const LONGEST_SLEEP_MS = 3_600_000
const SECTIONS = ['status', 'votes', 'qdevice', 'ha'] as const
/** Trying again changes nothing about these. */
const HARD: ReadonlySet<ApiFailure> = new Set(['not-supported', 'forbidden', 'rejected', 'not-found', 'unauthorized'])

/** Carries out what is wanted of one node, one step after the other, until nothing is left to be undone. */
export class DisarmRun {
  readonly #parts: RunParts
  readonly #closing = new AbortController()
  #row: DisarmRow | undefined
  #inside: Inside | undefined
  #steps: NodeWatchdogWork['steps'] = []
  #lastId = 0
  #nap = new AbortController()
  #late = false
  #loop: Promise<void> = Promise.resolve()

  constructor(row: DisarmRow, parts: RunParts, inside?: Inside) {
    this.#row = row
    this.#parts = parts
    this.#inside = inside
  }

  start(): void {
    this.#loop = this.#go()
  }

  /** Another wish for the same node, already on disk. */
  replace(row: DisarmRow): void {
    const ended = this.#row === undefined
    this.#row = row
    this.#nap.abort()
    if (ended) this.start()
  }

  get row(): DisarmRow | undefined {
    return this.#row
  }

  work(): NodeWatchdogWork {
    const row = this.#row
    const working = row !== undefined && row.settledAt === undefined
    return { ...(row === undefined ? {} : { row }), working, steps: this.#steps }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#nap.abort()
    await this.#loop
  }

  async #go(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const before = this.#row
      if (before === undefined) return
      const row = turned(before, { now: this.#parts.clock.now() })
      if (row !== before) {
        // Armed again it is even where that cannot be written: a restart would find the deadline over.
        this.#keep(row)
        this.#say(row.note)
      }
      const sight = await this.#look(row)
      // Somebody may have wished for something else meanwhile.
      if (this.#row !== row) continue
      await this.#take(nextStep(row, sight), row, sight)
    }
  }

  async #look(row: DisarmRow): Promise<Sight> {
    const { clock, others, shell } = this.#parts
    const watch = this.#parts.watch()
    const resting = row.settledAt !== undefined && row.goal === 'disarmed'
    if (watch !== undefined && !resting) await watch.refresh(SECTIONS)
    const now = clock.now()
    const views = watch?.views()
    return sightOf(views === undefined ? undefined : judgeCluster(views, now), {
      node: row.node,
      now,
      reached: shell()?.reaches(row.node) === true,
      others: others(),
      ...(this.#inside === undefined ? {} : { inside: this.#inside }),
    })
  }

  async #take(step: Step, row: DisarmRow, sight: Sight): Promise<void> {
    const { clock } = this.#parts
    switch (step.do) {
      case 'look':
        this.#inside = await this.#lookInside(row.node)
        return
      case 'wait':
        this.#say(step.sentence)
        this.#watchLateness(row, step.sentence, sight.now)
        return this.#sleep(row)
      case 'disarm-ha':
        return this.#disarmHa(row, sight)
      case 'arm-ha':
        return this.#armHa(row)
      case 'act':
        return this.#act(step, row)
      case 'settle':
        this.#keep({ ...row, settledAt: clock.now(), note: step.sentence })
        this.#say(step.sentence)
        this.#parts.told(row, step.sentence, 'disarmed')
        return
      case 'turn-back':
        this.#turnBack(row, step.sentence)
        return
      case 'forget':
        return this.#forget(row, step.sentence)
    }
  }

  /** On disk before it is asked: whatever happens then, its deadline is known. */
  async #disarmHa(row: DisarmRow, sight: Sight): Promise<void> {
    const asked = { ...row, haAsked: true, askedAt: this.#parts.clock.now(), note: 'HA is asked to let go.' }
    if (!this.#keep(asked)) return this.#turnBack(row, 'It cannot be remembered, so it is not begun.')
    this.#say(asked.note)
    if (sight.trusted && sight.armed === 'disarmed') return
    const outcome = await this.#parts.watch()?.disarmHa(row.mode, this.#closing.signal)
    // Somebody may have wished for something else meanwhile.
    if (outcome === undefined || outcome.ok || this.#row !== asked) return
    this.#say(outcome.sentence)
    // What is refused has not happened; what was there before this wish is still to be undone.
    if (HARD.has(outcome.code)) this.#turnBack({ ...asked, haAsked: row.haAsked }, outcome.sentence)
  }

  async #armHa(row: DisarmRow): Promise<void> {
    this.#keep({ ...row, askedAt: this.#parts.clock.now(), note: 'HA is asked to arm itself again.' })
    this.#say('HA is asked to arm itself again.')
    const watch = this.#parts.watch()
    if (watch === undefined) return this.#say(`No cluster called ${row.cluster} is configured any more.`)
    const outcome = await watch.armHa(this.#closing.signal)
    if (!outcome.ok) this.#say(outcome.sentence)
  }

  async #act(step: Extract<Step, { readonly do: 'act' }>, row: DisarmRow): Promise<void> {
    const kept = this.#keep({ ...row, muxTouched: true, note: step.sentence })
    if (!kept && row.goal === 'disarmed') return this.#turnBack(row, 'It cannot be remembered, so it is not begun.')
    this.#say(step.sentence)
    const shell = this.#parts.shell()
    const outcome = await shell?.act(row.node, step.act, this.#closing.signal)
    // What came of it is looked at, whatever was answered.
    this.#inside = undefined
    if (outcome?.ok !== false) return
    this.#say(outcome.sentence)
    await this.#sleep(row)
  }

  #turnBack(row: DisarmRow, sentence: string): void {
    const back = armedAgain(row, { now: this.#parts.clock.now() }, sentence)
    this.#keep(back)
    this.#say(sentence)
    this.#parts.told(back, sentence, 'trouble')
  }

  async #forget(row: DisarmRow, sentence: string): Promise<void> {
    if (!this.#parts.store.remove(row)) {
      this.#say(`${sentence} That could not be written down; it is tried again.`)
      return this.#sleep(row)
    }
    this.#row = undefined
    this.#say(sentence)
    if (this.#late) this.#parts.late(row, undefined)
    this.#late = false
    this.#parts.told(row, sentence, 'armed')
  }

  async #lookInside(node: string): Promise<Inside> {
    const looked = await this.#parts.shell()?.look(node, this.#closing.signal)
    const at = this.#parts.clock.now()
    if (looked === undefined) return { ok: false, at, sentence: `${node} is not reached by SSH any more.` }
    return looked.ok ? { ok: true, at, facts: looked.facts } : { ok: false, at, sentence: looked.sentence }
  }

  #keep(row: DisarmRow): boolean {
    const kept = this.#parts.store.put(row)
    this.#row = row
    return kept
  }

  /** Only what is new: the same is said once. */
  #say(sentence: string): void {
    if (this.#steps.at(-1)?.sentence === sentence) return
    this.#lastId += 1
    const step = { id: this.#lastId, at: this.#parts.clock.now(), sentence }
    this.#steps = [...this.#steps, step].slice(-MOST_STEPS)
  }

  #watchLateness(row: DisarmRow, sentence: string, now: At): void {
    if (row.goal !== 'armed' || elapsedMs(row.since, now) < LATE_MS) return
    this.#late = true
    this.#parts.late(row, `${row.node} is to be armed again and is not yet: ${sentence}`)
  }

  /** What is settled sleeps until its deadline; nothing needs to be looked at before. */
  async #sleep(row: DisarmRow): Promise<void> {
    const { clock } = this.#parts
    const rests = row.settledAt !== undefined && row.goal === 'disarmed'
    const dueMs = row.rearmAt === undefined ? LONGEST_SLEEP_MS : Math.max(0, elapsedMs(clock.now(), row.rearmAt))
    this.#nap = new AbortController()
    if (this.#closing.signal.aborted) return
    await clock.sleep(rests ? Math.min(dueMs, LONGEST_SLEEP_MS) : POLL_MS, this.#nap.signal)
  }
}
