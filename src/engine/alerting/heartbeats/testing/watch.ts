import type { Expectation } from '../../../../core/alerts/heartbeats/expect.ts'
import type { AlertUpdate } from '../../../../core/alerts/types.ts'
import type { At } from '../../../../core/time.ts'
import type { AlertRows, AlertStore, Transacted } from '../../../../ports/alert-store.ts'
import type { CommitOutcome } from '../../../../ports/journal.ts'
import { ManualClock } from '../../../testing/manual-clock.ts'
import { HeartbeatsIn } from '../heartbeats-in.ts'
import { KeptStore } from './kept-store.ts'

const WELL = { well: true, reasons: [] }

/** A clock whose wall clock can be set, and whose machine can boot anew. */
export class SettableClock extends ManualClock {
  aheadMs = 0
  boot = 'boot'

  override now(): At {
    const { wallMs, monoMs } = super.now()
    return { wallMs: wallMs + this.aheadMs, bootId: this.boot, monoMs }
  }
}

/** A dead man's switch in virtual time, with what it wrote and what it told. */
export class Watch {
  readonly clock = new SettableClock()
  readonly disk = new KeptStore()
  readonly emitted: AlertUpdate[] = []
  readonly changes: string[] = []
  accepts: (updates: readonly AlertUpdate[]) => Promise<CommitOutcome> = async () => ({ ok: true })
  switch: HeartbeatsIn
  #life = 0
  readonly #expectations: readonly Expectation[]

  constructor(...expectations: Expectation[]) {
    this.#expectations = expectations
    this.switch = this.#make()
    this.switch.start()
  }

  /** Another process takes up what the last one left. */
  restart(expectations = this.#expectations): void {
    this.switch = this.#make(expectations)
    this.switch.start()
  }

  async beats(name: string, count: number, everyMs: number): Promise<void> {
    for (let beat = 0; beat < count; beat += 1) {
      this.beat(name)
      await this.clock.pass(everyMs)
    }
  }

  beat(name: string, beat: { well: boolean; reasons: readonly string[] } = WELL) {
    return this.switch.take(name, beat, this.clock.now().wallMs)
  }

  told(): string[] {
    return this.emitted.map(({ status, labels }) => `${status} ${labels.alertname} ${labels.heartbeat}`)
  }

  /** A process that was not closed is dead as soon as the next one runs: it writes and says nothing more. */
  #make(expectations = this.#expectations): HeartbeatsIn {
    this.#life += 1
    const life = this.#life
    const { disk } = this
    const store = {
      transact: <T>(work: (rows: AlertRows) => T): Transacted<T> =>
        life === this.#life ? disk.transact(work) : { ok: false, code: 'closed', sentence: 'dead' },
    } as unknown as AlertStore
    return new HeartbeatsIn({
      clock: this.clock,
      store,
      expectations,
      emit: async (updates) => {
        if (life !== this.#life) return new Promise(() => {})
        const outcome = await this.accepts(updates)
        if (outcome.ok) this.emitted.push(...updates)
        return outcome
      },
      onChange: (name, state) => {
        if (life === this.#life) this.changes.push(`${name} ${state}`)
      },
    })
  }
}
