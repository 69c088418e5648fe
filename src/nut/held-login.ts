import type { Clock } from '../ports/clock.ts'
import { NutConnection } from './connection.ts'
import type { NutUnit } from './settings.ts'

/** upsd drops a client that says nothing for a minute. */
const SAY_EVERY_MS = 20_000
const AGAIN_MS = 10_000

/** `refused`: upsd takes no LOGIN of ours, and why. */
export type LoginState = { readonly held: boolean; readonly refused?: string }

/**
 * A LOGIN in the name of one host, held until it is verified off: the primary waits for it before it cuts the power. A
 * connection of its own, since upsd takes one LOGIN a connection.
 */
export class HeldLogin {
  readonly #closing = new AbortController()
  readonly #running: Promise<void>
  #state: LoginState = { held: false }

  constructor(unit: NutUnit, clock: Clock, timeoutMs: number) {
    this.#running = this.#run(unit, clock, timeoutMs)
  }

  /** As of its last word. */
  get state(): LoginState {
    return this.#state
  }

  /** LOGOUT, and the connection is gone. */
  async release(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  async #run(unit: NutUnit, clock: Clock, timeoutMs: number): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      const opened = await NutConnection.open(unit, timeoutMs)
      if (opened.ok) {
        await this.#hold(opened.value, unit, clock)
        opened.value.close()
      }
      if (!opened.ok) this.#state = { held: false }
      await clock.sleep(AGAIN_MS, signal)
    }
  }

  async #hold(connection: NutConnection, { upsName }: NutUnit, clock: Clock): Promise<void> {
    const { signal } = this.#closing
    const login = await connection.ask('LOGIN', upsName)
    // A connection that broke says nothing of user and password.
    if (login.ok) this.#state = { held: true }
    else this.#state = { held: false, ...(connection.closed ? {} : { refused: login.sentence }) }
    while (login.ok && !connection.closed && !signal.aborted) {
      await clock.sleep(SAY_EVERY_MS, signal)
      if (!signal.aborted) await connection.ask('GET', 'NUMLOGINS', upsName)
    }
    if (login.ok && !connection.closed) await connection.ask('LOGOUT')
    if (login.ok) this.#state = { held: false }
  }
}
