import type { UpsReading } from '../core/ups/reading.ts'
import type { Clock } from '../ports/clock.ts'
import type { UpsAnswer, UpsWatch } from '../ports/ups.ts'
import { forceShutdown, listCommands, runCommand, setVariable } from './commanding.ts'
import { HeldLogin, type LoginState } from './held-login.ts'
import { ServerPoll } from './server-poll.ts'
import { type NutSettings, type NutUnit, serverOf } from './settings.ts'

export type NutParts = { readonly clock: Clock; readonly random: () => number }

/** Watches UPSes by the protocol of NUT. */
export function watchNut(settings: NutSettings, parts: NutParts): UpsWatch {
  return new NutWatch(settings, parts)
}

class NutWatch implements UpsWatch {
  readonly #settings: NutSettings
  readonly #parts: NutParts
  readonly #polls: readonly ServerPoll[]
  readonly #held = new Map<string, HeldLogin>()
  readonly #closing = new AbortController()
  #connections = 0
  #running: readonly Promise<void>[] = []
  #poked = new AbortController()

  constructor(settings: NutSettings, parts: NutParts) {
    this.#settings = settings
    this.#parts = parts
    const { pollMs, timeoutMs } = settings
    const nextConnection = () => {
      this.#connections += 1
      return this.#connections
    }
    this.#polls = byServer(settings.units).map(
      (units) => new ServerPoll(units, { ...parts, pollMs, timeoutMs, nextConnection }),
    )
  }

  start(listener: (readings: readonly UpsReading[]) => void): void {
    this.#running = this.#polls.map((poll) => this.#run(poll, listener))
  }

  poke(): void {
    this.#poked.abort()
    this.#poked = new AbortController()
  }

  variables(ups: string): Readonly<Record<string, string>> {
    return this.#polls.map((poll) => poll.variables(ups)).find((found) => Object.keys(found).length > 0) ?? {}
  }

  hold(ups: string, host: string): void {
    const unit = this.#unit(ups)
    const key = `${ups}/${host}`
    // Without a user upsd takes no LOGIN.
    if (unit?.username === undefined || this.#held.has(key) || this.#closing.signal.aborted) return
    this.#held.set(key, new HeldLogin(unit, this.#parts.clock, this.#settings.timeoutMs))
  }

  release(ups: string, host: string): void {
    const key = `${ups}/${host}`
    const held = this.#held.get(key)
    this.#held.delete(key)
    void held?.release()
  }

  logins(ups: string): Readonly<Record<string, LoginState>> {
    const own = [...this.#held].filter(([key]) => key.startsWith(`${ups}/`))
    return Object.fromEntries(own.map(([key, login]) => [key.slice(ups.length + 1), login.state]))
  }

  async commands(ups: string): Promise<UpsAnswer & { readonly commands: readonly string[] }> {
    const unit = this.#unit(ups)
    if (unit === undefined) return { ...unknown(ups), commands: [] }
    const listed = await listCommands(unit, this.#settings.timeoutMs)
    if (!listed.ok) return { ok: false, code: listed.code, sentence: listed.sentence, commands: [] }
    return {
      ok: true,
      code: 'listed',
      sentence: `${ups} takes ${listed.value.length} commands.`,
      commands: listed.value,
    }
  }

  async command(ups: string, command: string): Promise<UpsAnswer> {
    const unit = this.#unit(ups)
    if (unit === undefined) return unknown(ups)
    return runCommand(unit, command, this.#parts.clock, this.#settings.timeoutMs)
  }

  async set(ups: string, variable: string, value: string): Promise<UpsAnswer> {
    const unit = this.#unit(ups)
    if (unit === undefined) return unknown(ups)
    return setVariable(unit, { variable, value }, this.#parts.clock, this.#settings.timeoutMs)
  }

  async forceShutdown(ups: string): Promise<UpsAnswer> {
    const unit = this.#unit(ups)
    return unit === undefined ? unknown(ups) : forceShutdown(unit, this.#settings.timeoutMs)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#poked.abort()
    for (const poll of this.#polls) poll.close()
    const held = [...this.#held.values()]
    this.#held.clear()
    await Promise.all([...this.#running, ...held.map((each) => each.release())])
  }

  async #run(poll: ServerPoll, listener: (readings: readonly UpsReading[]) => void): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      const readings = await poll.look()
      if (signal.aborted) return
      listener(readings.map((reading) => this.#withLogin(reading)))
      await this.#parts.clock.sleep(this.#settings.pollMs, AbortSignal.any([signal, this.#poked.signal]))
    }
  }

  /** A wrong password is seen here first: what only reads needs none. */
  #withLogin(reading: UpsReading): UpsReading {
    const own = [...this.#held].filter(([key]) => key.startsWith(`${reading.ups}/`))
    const loginRefused = own.map(([, login]) => login.state.refused).find((sentence) => sentence !== undefined)
    return loginRefused === undefined ? reading : { ...reading, loginRefused }
  }

  #unit(ups: string): NutUnit | undefined {
    return this.#settings.units.find(({ name }) => name === ups)
  }
}

function unknown(ups: string): UpsAnswer {
  return { ok: false, code: 'unknown-ups', sentence: `No UPS is called ${ups}.` }
}

/** Units that one connection serves: the same server and the same user. */
function byServer(units: readonly NutUnit[]): readonly (readonly NutUnit[])[] {
  const groups = new Map<string, NutUnit[]>()
  for (const unit of units) {
    const key = `${serverOf(unit)} ${unit.username ?? ''} ${unit.tls === undefined ? '' : 'tls'}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [unit])
    else group.push(unit)
  }
  return [...groups.values()]
}
