import { bury } from './bury.ts'
import type { Work } from './work.ts'

const MOST_BURIED = 50

/** Channels that are not configured any more: what waited for them goes on to the next step, or to the dead letters. */
export class GoneChannels {
  readonly #names = new Set<string>()

  add(channel: string): void {
    this.#names.add(channel)
  }

  /** It is configured again. */
  back(channel: string): void {
    this.#names.delete(channel)
  }

  /** Answers whether more may be left. */
  clear(work: Work): boolean {
    const [channel] = this.#names
    if (channel === undefined) return false
    for (let count = 0; count < MOST_BURIED; count += 1) {
      const delivery = work.rows.nextDelivery(channel, Number.MAX_SAFE_INTEGER)
      if (delivery === undefined) {
        work.after(() => this.#names.delete(channel))
        break
      }
      bury(work, delivery, 'channel-gone', `The channel ${channel} is not configured any more.`)
    }
    return true
  }
}
