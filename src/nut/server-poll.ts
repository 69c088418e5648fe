import type { UpsReading } from '../core/ups/reading.ts'
import type { Clock } from '../ports/clock.ts'
import { NutConnection } from './connection.ts'
import { failed, type NutOutcome } from './outcome.ts'
import { hearingOf, type NutVariables, readingOf } from './reading.ts'
import type { NutUnit } from './settings.ts'

/** All variables are read this often, and at once when the status changes. */
const ALL_EVERY_MS = 10_000
const FIRST_AGAIN_MS = 1_000
const LAST_AGAIN_MS = 15_000

export type PollParts = {
  readonly clock: Clock
  /** 0 to 1, so that two of us do not come back at the same moment. */
  readonly random: () => number
  readonly pollMs: number
  readonly timeoutMs: number
  /** Counts the connections of the process. */
  readonly nextConnection: () => number
}

type Known = { status: string; variables: NutVariables; readMs: number }

/** The UPSes of one upsd: one connection for all of them, the status of each every time, everything now and then. */
export class ServerPoll {
  readonly #units: readonly NutUnit[]
  readonly #parts: PollParts
  readonly #known = new Map<string, Known>()
  #connection: NutConnection | undefined
  #number = 0
  #failures = 0
  #failedUntilMs = Number.NEGATIVE_INFINITY
  #lastFailure: NutOutcome<never> = failed('unreachable', 'It was not asked yet.')

  constructor(units: readonly NutUnit[], parts: PollParts) {
    this.#units = units
    this.#parts = parts
  }

  variables(ups: string): NutVariables {
    return this.#known.get(ups)?.variables ?? {}
  }

  /** One look at each UPS. A server that has just failed is left alone for a while, and each is unreachable meanwhile. */
  async look(): Promise<readonly UpsReading[]> {
    const connection = await this.#connected()
    if (!connection.ok) return this.#units.map((unit) => this.#silent(unit, connection))
    const readings: UpsReading[] = []
    for (const unit of this.#units) readings.push(await this.#lookAt(unit, connection.value))
    if (connection.value.closed) this.#lost()
    return readings
  }

  close(): void {
    this.#connection?.close()
    this.#connection = undefined
  }

  async #connected(): Promise<NutOutcome<NutConnection>> {
    const { clock, timeoutMs, nextConnection } = this.#parts
    if (this.#connection !== undefined && !this.#connection.closed) return { ok: true, value: this.#connection }
    const unit = this.#units[0]
    if (unit === undefined || clock.now().monoMs < this.#failedUntilMs) return this.#lastFailure
    const opened = await NutConnection.open(unit, timeoutMs)
    if (!opened.ok) {
      this.#lastFailure = opened
      this.#lost()
      return opened
    }
    this.#connection = opened.value
    this.#failures = 0
    this.#number = nextConnection()
    return opened
  }

  #lost(): void {
    const { clock, random } = this.#parts
    this.#connection = undefined
    const waitMs = Math.min(LAST_AGAIN_MS, FIRST_AGAIN_MS * 2 ** this.#failures)
    this.#failures = Math.min(this.#failures + 1, 10)
    this.#failedUntilMs = clock.now().monoMs + waitMs * (0.75 + random() / 4)
  }

  async #lookAt(unit: NutUnit, connection: NutConnection): Promise<UpsReading> {
    const { clock } = this.#parts
    const status = await connection.ask('GET', 'VAR', unit.upsName, 'ups.status')
    if (!status.ok) return this.#silent(unit, status)
    const told = status.value[3] ?? ''
    const before = this.#known.get(unit.name)
    const isDue = before === undefined || clock.now().monoMs - before.readMs >= ALL_EVERY_MS
    if (isDue || before.status !== told) {
      const all = await connection.list('VAR', unit.upsName)
      if (!all.ok) return this.#silent(unit, all)
      const variables = Object.fromEntries(all.value.map(([, , name = '', value = '']) => [name, value]))
      this.#known.set(unit.name, { status: told, variables, readMs: clock.now().monoMs })
    }
    return readingOf(this.#base(unit), told, this.variables(unit.name))
  }

  #silent(unit: NutUnit, outcome: NutOutcome<never>): UpsReading {
    if (outcome.ok) return { ...this.#base(unit), hearing: 'broken', status: [] }
    return { ...this.#base(unit), hearing: hearingOf(outcome.code), status: [], sentence: outcome.sentence }
  }

  #base({ name }: NutUnit): Pick<UpsReading, 'ups' | 'at' | 'connection'> {
    return { ups: name, at: this.#parts.clock.now(), connection: this.#number }
  }
}
