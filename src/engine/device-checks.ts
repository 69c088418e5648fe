import type { Clock } from '../ports/clock.ts'
import type { DeviceDesk } from './device-desk.ts'
import type { Engine } from './engine.ts'

/** Looks at each power device from time to time, so that a broken one is known before it is needed. */
export class DeviceChecks {
  readonly #engine: Engine
  readonly #clock: Clock
  readonly #desk: DeviceDesk
  readonly #closing = new AbortController()

  constructor(engine: Engine, clock: Clock, desk: DeviceDesk) {
    this.#engine = engine
    this.#clock = clock
    this.#desk = desk
  }

  async run(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const names = this.#engine.state.policy.devices.map(({ name }) => name)
      await Promise.all(names.map((name) => this.#check(name)))
      await this.#clock.sleep(this.#engine.state.policy.deviceCheckMs, this.#closing.signal)
    }
  }

  close(): void {
    this.#closing.abort()
  }

  /** A device that a plan is using is left to the plan: its own commands tell how it is. */
  async #check(device: string): Promise<void> {
    if (this.#inUse(device)) return
    const look = await this.#desk.look(device)
    if (this.#closing.signal.aborted || (!look.ok && look.code === 'aborted')) return
    if (look.ok) {
      const { identity, readings } = look
      this.#engine.feed({ kind: 'device-read', device, identity, readings })
    } else {
      this.#engine.feed({ kind: 'device-failed', device, code: look.code, sentence: look.sentence })
    }
  }

  #inUse(device: string): boolean {
    return Object.values(this.#engine.state.intents).some(({ legs }) => legs.some(({ ref }) => ref.device === device))
  }
}
