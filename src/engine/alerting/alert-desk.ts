import type { Delivery, Silence } from '../../core/alerts/types.ts'
import type { AlertStore } from '../../ports/alert-store.ts'
import type { AlertAnswer, IncidentDetail, SilenceRequest } from '../../ports/alerting.ts'
import type { KeyState } from '../../ports/relay-peer.ts'
import { acknowledge } from './acknowledging.ts'
import { answer, refusal, written } from './answers.ts'
import type { Ledger } from './ledger.ts'
import type { AlertObservation } from './parts.ts'
import { replayLetters } from './replay.ts'
import type { Setup } from './setup.ts'
import { endSilence, silence } from './silencing.ts'

const MOST_LINES = 500
const MOST_DELIVERIES = 200
const MOST_REPLAYED = 10_000
const REPLAY_PAGE = 200
const MOST_KEYS = 2_000

type Parts = {
  readonly store: AlertStore
  readonly ledger: Ledger
  readonly setup: () => Setup
  readonly observe: (observation: AlertObservation) => void
}

/** What people (and the other relay) ask of the alert path: each order is one transaction, and its answer follows the commit. */
export class AlertDesk {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  show(id: number): IncidentDetail | undefined {
    const { ledger, store } = this.#parts
    const done = ledger.run(({ rows }) => {
      const [incident] = rows.incidents([id])
      return incident && { incident, timeline: rows.timeline(id, MOST_LINES), folded: rows.foldedInto(id) }
    })
    if (!done.ok || done.value === undefined) return undefined
    return { ...done.value, deliveries: store.listDeliveries({ incident: id, limit: MOST_DELIVERIES }) }
  }

  acknowledge(id: number, by: string, comment: string): AlertAnswer {
    return written(this.#parts.ledger.run((work) => acknowledge(work, id, by, comment)))
  }

  silences(): readonly Silence[] {
    const done = this.#parts.ledger.run(({ rows, nowMs }) => rows.silences(nowMs))
    return done.ok ? done.value : []
  }

  silence(request: SilenceRequest): AlertAnswer & { readonly id?: number } {
    return written(this.#parts.ledger.run((work) => silence(work, request)))
  }

  endSilence(id: number, by: string): AlertAnswer {
    return written(this.#parts.ledger.run((work) => endSilence(work, id, by)))
  }

  replay(which: { readonly ids?: readonly number[]; readonly channel?: string }, by: string): AlertAnswer {
    const { setup } = this.#parts
    const { ids, channel } = which
    if (channel !== undefined && !setup().isThere(channel)) {
      return refusal('unknown-channel', `There is no channel ${channel}.`)
    }
    const replayed = ids === undefined ? this.#replayAll(channel, by) : this.#replaySome(ids, channel, by)
    if (typeof replayed !== 'number') return replayed
    this.#reportGone()
    if (replayed === 0) return refusal('nothing-to-replay', 'There is no such dead letter whose channel is configured.')
    return answer('replayed', `${replayed} dead ${replayed === 1 ? 'letter is' : 'letters are'} on the way again.`)
  }

  /** For the other relay. */
  relayStates(keys: readonly string[]): Readonly<Record<string, KeyState>> {
    const done = this.#parts.ledger.run(({ rows }) =>
      keys.slice(0, MOST_KEYS).map((key) => [key, rows.keyState(key)] as const),
    )
    // What we cannot look up is unknown: the other one delivers it.
    return Object.fromEntries(done.ok ? done.value : [])
  }

  #replaySome(ids: readonly number[], channel: string | undefined, by: string): number | AlertAnswer {
    const done = this.#parts.ledger.run((work) => {
      const letters = work.rows.deliveries(ids.slice(0, MOST_REPLAYED))
      return replayLetters(
        work,
        letters.filter((letter) => channel === undefined || letter.channel === channel),
        by,
      )
    })
    return done.ok ? done.value : written(done)
  }

  #replayAll(channel: string | undefined, by: string): number | AlertAnswer {
    const { ledger, store } = this.#parts
    let replayed = 0
    let beforeId: number | undefined
    for (let looked = 0; looked < MOST_REPLAYED; looked += REPLAY_PAGE) {
      const letters: readonly Delivery[] = store.listDeliveries({
        states: ['dead'],
        limit: REPLAY_PAGE,
        ...(channel === undefined ? {} : { channel }),
        ...(beforeId === undefined ? {} : { beforeId }),
      })
      const done = ledger.run((work) => replayLetters(work, letters, by))
      if (!done.ok) return written(done)
      replayed += done.value
      beforeId = letters.at(-1)?.id
      if (letters.length < REPLAY_PAGE) break
    }
    return replayed
  }

  #reportGone(): void {
    for (const { channel, dead } of this.#parts.store.queues()) {
      if (dead > 0) continue
      const sentence = `No dead letter of ${channel} is left.`
      this.#parts.observe({ code: 'dead-letter-gone', channel, sentence })
    }
  }
}
