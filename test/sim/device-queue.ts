import type { Command, CommandResult, Reading } from '../../src/core/power/types.ts'
import type { Event } from '../../src/core/state/types.ts'
import { type At, reached } from '../../src/core/time.ts'
import type { Backend } from './backends.ts'
import type { Mishap, Mishaps } from './mishaps.ts'
import { SLOWEST_MS } from './setup.ts'

const LATENCY_MS = 150
const TIMEOUT_MS = 5_000

/** What a device queue needs of the process around it. */
export type Around = {
  readonly mishaps: Mishaps
  now(): At
  /** Runs `run` after `ms`, unless the process dies. */
  after(ms: number, run: () => void): void
  /** Runs `run` after `ms`, come what may: what was sent was sent. */
  afterAnyway(ms: number, run: () => void): void
  deliver(event: Event): void
  sent(command: Command): void
  /** How much later than it was taken the answer to a routine look is handed over. */
  readonly pollDelayMs: number
}

type Job = { readonly command?: Command }

/** Engine and driver for one device: one message at a time, each ending in a result. */
export class DeviceQueue {
  readonly #name: string
  readonly #backend: Backend
  readonly #around: Around
  readonly #jobs: Job[] = []
  #busy = false
  #polling = false

  constructor(name: string, backend: Backend, around: Around) {
    this.#name = name
    this.#backend = backend
    this.#around = around
  }

  send(command: Command): void {
    this.#jobs.push({ command })
    this.#next()
  }

  poll(): void {
    if (this.#polling) return
    this.#polling = true
    this.#jobs.push({})
    this.#next()
  }

  #next(): void {
    if (this.#busy) return
    const job = this.#jobs.shift()
    if (job === undefined) return
    this.#busy = true
    if (job.command === undefined) this.#look()
    else this.#run(job.command)
  }

  #done(afterMs: number, event: () => Event, deliverMs = 0): void {
    this.#around.after(afterMs, () => {
      this.#busy = false
      const made = event()
      if (deliverMs === 0) this.#around.deliver(made)
      else this.#around.after(deliverMs, () => this.#around.deliver(made))
      this.#next()
    })
  }

  #look(): void {
    this.#polling = false
    const device = this.#name
    if (!this.#backend.reachable()) {
      return this.#done(TIMEOUT_MS, () => {
        return { kind: 'device-failed', device, code: 'unreachable', sentence: `${device} does not answer.` }
      })
    }
    const readings: Record<string, Reading> = {}
    for (const outlet of this.#backend.outlets()) readings[outlet] = this.#reading(outlet)
    const identity = { deviceId: this.#backend.deviceId(), model: 'SIM' }
    this.#done(LATENCY_MS, () => ({ kind: 'device-read', device, identity, readings }), this.#around.pollDelayMs)
  }

  #reading(outlet: string): Reading {
    const seen = this.#backend.see(outlet)
    return { ...(seen ?? { state: 'unknown' as const }), at: this.#around.now() }
  }

  #run(command: Command): void {
    const expires = command.op === 'off' || command.op === 'arm'
    if (expires && reached(command.sendBefore, this.#around.now())) {
      return this.#answer(command, 0, {
        outcome: 'not-sent',
        code: 'expired',
        sentence: 'It could not be sent in time.',
      })
    }
    if (!this.#backend.reachable()) {
      return this.#answer(command, TIMEOUT_MS, {
        outcome: 'failed',
        code: 'unreachable',
        sentence: `${this.#name} does not answer.`,
      })
    }
    this.#around.sent(command)
    const mishap = this.#around.mishaps.take(this.#name, command.op)
    if (mishap?.kind === 'refused') {
      return this.#answer(command, LATENCY_MS, { outcome: 'failed', code: 'refused', sentence: 'The device refused.' })
    }
    switch (command.op) {
      case 'on':
      case 'off':
        return this.#turn(command, command.op === 'on', mishap)
      case 'identify':
      case 'read':
        return this.#ask(command, mishap)
      case 'arm':
      case 'disarm':
        return this.#timer(command, mishap)
    }
  }

  #answer(command: Command, afterMs: number, result: CommandResult): void {
    this.#done(afterMs, () => ({ kind: 'command-result', command: command.id, result }))
  }

  #timeout(command: Command): void {
    this.#answer(command, TIMEOUT_MS, {
      outcome: 'ambiguous',
      code: 'timeout',
      sentence: `${this.#name} did not answer.`,
    })
  }

  #turn(command: Command, on: boolean, mishap: Mishap | undefined): void {
    const { outlet } = command.ref
    const lateMs = Math.min(mishap?.ms ?? SLOWEST_MS - 1, SLOWEST_MS - 1)
    if (mishap?.kind === 'lost') return this.#timeout(command)
    if (mishap?.kind === 'late') {
      this.#around.afterAnyway(lateMs, () => this.#backend.turn(outlet, on, {}))
      return this.#timeout(command)
    }
    if (mishap?.kind !== 'not-applied') this.#backend.turn(outlet, on, {})
    if (mishap?.kind === 'doubled') this.#around.afterAnyway(lateMs, () => this.#backend.turn(outlet, on, {}))
    this.#around.after(LATENCY_MS, () => {
      this.#busy = false
      this.#around.deliver({ kind: 'command-result', command: command.id, result: this.#readBack(on, outlet, mishap) })
      this.#next()
    })
  }

  #readBack(on: boolean, outlet: string, mishap: Mishap | undefined): CommandResult {
    if (!this.#backend.reachable()) return { outcome: 'ambiguous', code: 'timeout', sentence: 'It vanished meanwhile.' }
    const at = this.#around.now()
    if (mishap?.kind === 'unread') return { outcome: 'ok', reading: { state: 'unknown', at } }
    if (mishap?.kind === 'not-applied') return { outcome: 'ok', reading: { state: on ? 'on' : 'off', at } }
    if (mishap?.kind === 'misread') return { outcome: 'ok', reading: { state: 'off', at } }
    return { outcome: 'ok', reading: this.#reading(outlet) }
  }

  #ask(command: Command, mishap: Mishap | undefined): void {
    if (mishap?.kind === 'lost' || mishap?.kind === 'late') return this.#timeout(command)
    const { outlet } = command.ref
    const honest = this.#reading(outlet)
    const reading: Reading = mishap?.kind === 'misread' ? { state: 'off', at: honest.at } : honest
    const unread: Reading = { state: 'unknown', at: honest.at }
    const deviceId = mishap?.kind === 'other-identity' ? 'ID-STRANGER' : this.#backend.deviceId()
    this.#answer(command, LATENCY_MS, {
      outcome: 'ok',
      reading: mishap?.kind === 'unread' ? unread : reading,
      ...(command.op === 'identify' ? { identity: { deviceId, model: 'SIM' } } : {}),
    })
  }

  #timer(command: Command, mishap: Mishap | undefined): void {
    if (mishap?.kind === 'lost') return this.#timeout(command)
    const { outlet } = command.ref
    const done =
      command.op === 'arm' ? this.#backend.arm(outlet, command.armSeconds ?? 0) : this.#backend.disarm(outlet)
    if (mishap?.kind === 'late') return this.#timeout(command)
    this.#answer(
      command,
      LATENCY_MS,
      done ? { outcome: 'ok' } : { outcome: 'failed', code: 'not-supported', sentence: 'It has no timers.' },
    )
  }
}
