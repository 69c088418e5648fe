import type { Incoming } from '../core/alerts/types.ts'
import { movedHosts } from '../core/evidence/moved.ts'
import { type Command, type CommandResult, outletKey } from '../core/power/types.ts'
import { decide } from '../core/state/decide.ts'
import { roundOf } from '../core/state/initial.ts'
import { owesPower } from '../core/state/restart.ts'
import type { Effect, Event, FoundBreadcrumb, Order, State, Told } from '../core/state/types.ts'
import type { At } from '../core/time.ts'
import type { Errand, ErrandResult } from '../core/ups/errands.ts'
import type { Clock } from '../ports/clock.ts'
import type { OrderAnswer } from '../ports/daemon.ts'
import type { Breadcrumbs, Journal } from '../ports/journal.ts'
import type { PowerErrands } from '../ports/power-errands.ts'
import type { Probing } from '../ports/probing.ts'
import type { DeviceDesk } from './device-desk.ts'
import { Memory } from './memory.ts'
import { WakeTimer } from './wake-timer.ts'

export type EngineParts = {
  readonly clock: Clock
  readonly journal: Journal
  readonly breadcrumbs: Breadcrumbs
  readonly probing: Probing
  readonly desk: DeviceDesk
  /** Missing where no UPS is configured. */
  readonly errands?: PowerErrands
  readonly state: State
  /** Told after its commit, or after the failure to commit it. */
  readonly onTold: (told: Told) => void
  /**
   * What goes to the alerts' inbox, after its commit (`committed`: it is there) or after the failure to commit it. What
   * failed comes once more with `committed` when the disk has taken it. Must not throw.
   */
  readonly onIncoming?: (incoming: readonly Incoming[], committed: boolean) => void
}

const STORE_RETRY_MS = 5_000

/** observe -> decide -> commit -> act. Events are taken one by one; each is decided on in one synchronous step. */
export class Engine {
  readonly #parts: EngineParts
  readonly #memory: Memory
  readonly #wake: WakeTimer
  readonly #storeRetry: WakeTimer
  readonly #inbox: Event[] = []
  readonly #answers: ((answer: OrderAnswer) => void)[] = []
  readonly #closing = new AbortController()
  readonly #idle = new Set<() => void>()
  #probing: Probing
  #breadcrumbsToRemove: string[] = []
  #deciding = false
  #storeOk = true

  constructor(parts: EngineParts) {
    this.#parts = parts
    this.#probing = parts.probing
    this.#memory = new Memory(parts.journal, parts.state)
    this.#wake = new WakeTimer(parts.clock, () => this.feed({ kind: 'wake' }))
    this.#storeRetry = new WakeTimer(parts.clock, () => this.#retryStore())
  }

  get state(): State {
    return this.#memory.state
  }

  get storeOk(): boolean {
    return this.#storeOk
  }

  now(): At {
    return this.#parts.clock.now()
  }

  start(breadcrumbs: readonly FoundBreadcrumb[], storeLost?: string): void {
    this.feed({ kind: 'started', breadcrumbs, ...(storeLost === undefined ? {} : { storeLost }) })
  }

  /** Takes an event in; if it comes while another is being decided on, right after that one. */
  feed(event: Event): void {
    this.#inbox.push(event)
    if (this.#deciding) return
    this.#deciding = true
    try {
      for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) this.#take(next)
    } finally {
      this.#deciding = false
    }
    for (const check of [...this.#idle]) check()
  }

  order(order: Order): Promise<OrderAnswer> {
    if (this.#closing.signal.aborted) {
      return Promise.resolve({ ok: false, code: 'stopping', sentence: 'The watchdog is stopping: it takes no orders.' })
    }
    return new Promise((resolve) => {
      this.#answers.push(resolve)
      this.feed({ kind: 'operator', order })
    })
  }

  reconfigure(policy: State['policy'], probing: Probing): void {
    this.#probing = probing
    const moved = movedHosts(this.state.policy, policy)
    this.#memory.setPolicy(policy)
    this.feed({ kind: 'configured', policy, moved })
  }

  /** Resolves once nothing that we cut is still without power, or when `signal` aborts. */
  async stop(signal: AbortSignal): Promise<void> {
    this.feed({ kind: 'stopping' })
    await new Promise<void>((resolve) => {
      const check = () => {
        if (signal.aborted || !owesPower(this.state)) {
          this.#idle.delete(check)
          resolve()
        }
      }
      this.#idle.add(check)
      signal.addEventListener('abort', check, { once: true })
      check()
    })
    this.close()
  }

  close(): void {
    this.#closing.abort()
    this.#wake.cancel()
    this.#storeRetry.cancel()
  }

  #take(event: Event): void {
    if (this.#closing.signal.aborted) return
    const decision = decide(this.#memory.state, event, this.#parts.clock.now())
    const before = this.#memory.settled
    const { outcome, incoming } = this.#memory.take(decision)
    for (const told of decision.told) this.#parts.onTold(told)
    for (const effect of decision.effects) this.#act(effect, outcome.ok)
    this.#wake.set(decision.wakeAt)
    if (incoming.length > 0) this.#parts.onIncoming?.(incoming, outcome.ok)
    if (outcome.ok && before) return
    if (outcome.ok) this.#noteStore(true, 'The state can be written again.')
    else this.#noteStore(false, `The state cannot be written (${outcome.code}): ${outcome.sentence}`)
  }

  #act(effect: Effect, committed: boolean): void {
    switch (effect.kind) {
      case 'command':
        this.#command(effect.command, committed)
        return
      case 'probe':
        void this.#probe(effect.hosts)
        return
      case 'errand':
        void this.#errand(effect.errand, committed)
        return
      case 'breadcrumb-remove':
        this.#breadcrumbsToRemove.push(effect.intent)
        if (committed) this.#removeBreadcrumbs()
        return
      case 'answer': {
        const { ok, code, sentence, intent } = effect
        this.#answers.shift()?.({ ok, code, sentence, ...(intent === undefined ? {} : { intent }) })
      }
    }
  }

  /** Towards OFF nothing leaves that is not on disk. ON waits for no disk: what is off is already owed. */
  #command(command: Command, committed: boolean): void {
    const cuts = command.op === 'off' || command.op === 'arm'
    const refused = cuts ? this.#mayNotCut(command, committed) : undefined
    const mayStillLeave = () => !this.#closing.signal.aborted && this.#isStillWanted(command)
    const running = refused === undefined ? this.#parts.desk.run(command, mayStillLeave) : Promise.resolve(refused)
    void running.then((result) => this.feed({ kind: 'command-result', command: command.id, result }))
  }

  /** A plan may turn back while its OFF waits behind another call to the device. */
  #isStillWanted({ id, intent, leg, op }: Command): boolean {
    const plan = this.state.intents[intent]
    const mine = plan?.legs[leg]
    return (
      plan?.aborted === undefined && mine?.command === id && mine.step === (op === 'arm' ? 'arming' : 'turning-off')
    )
  }

  #mayNotCut(command: Command, committed: boolean): CommandResult | undefined {
    if (!committed) return notSent('store-unavailable', 'The state could not be written, so nothing was sent.')
    const intent = this.state.intents[command.intent]
    if (command.op !== 'off' || intent?.kind !== 'cycle') return undefined
    const put = this.#parts.breadcrumbs.put({
      intent: intent.id,
      target: intent.target,
      device: command.ref.device,
      outlet: command.ref.outlet,
      ...pinOf(this.state, command.ref.device),
      reason: intent.reason,
      offAtWallMs: this.now().wallMs,
      bootId: this.now().bootId,
      offAtMonoMs: this.now().monoMs,
      holdMs: intent.holdMs,
    })
    if (put.ok) return undefined
    return notSent('breadcrumb-failed', `The mark for ${outletKey(command.ref)} could not be written: ${put.sentence}`)
  }

  /** What the plan for a power failure has not on disk is not begun: a restart would not know of it. */
  async #errand(errand: Errand, committed: boolean): Promise<void> {
    const { errands } = this.#parts
    const result: ErrandResult = !committed
      ? notDone('store-unavailable', 'The state could not be written, so nothing was asked.')
      : errands === undefined
        ? notDone('not-configured', 'There is nothing that could carry it out.')
        : await errands.run(errand)
    this.feed({ kind: 'errand-result', errand: errand.id, result })
  }

  async #probe(hosts: readonly string[]): Promise<void> {
    const deadlineMs = this.state.policy.intervalMs * 0.9
    const evidence = await this.#probing.ask(0, deadlineMs, this.#closing.signal, hosts)
    this.feed({ kind: 'probed', evidence })
  }

  #removeBreadcrumbs(): void {
    const intents = this.#breadcrumbsToRemove
    this.#breadcrumbsToRemove = []
    for (const intent of intents) {
      if (!this.#parts.breadcrumbs.remove(intent).ok) this.#breadcrumbsToRemove.push(intent)
    }
    if (this.#breadcrumbsToRemove.length > 0) this.#storeRetry.in(STORE_RETRY_MS)
  }

  #noteStore(ok: boolean, sentence: string): void {
    if (ok) this.#removeBreadcrumbs()
    else this.#storeRetry.in(STORE_RETRY_MS)
    this.#storeOk = ok
    if (roundOf(this.state).storeOk !== ok) this.#inbox.push({ kind: 'store', ok, sentence })
  }

  #retryStore(): void {
    const { outcome, incoming } = this.#memory.retry()
    if (!outcome.ok) return this.#storeRetry.in(STORE_RETRY_MS)
    if (incoming.length > 0) this.#parts.onIncoming?.(incoming, true)
    this.#removeBreadcrumbs()
    this.#feedStore(true, 'The state can be written again.')
  }

  #feedStore(ok: boolean, sentence: string): void {
    this.#storeOk = ok
    if (roundOf(this.state).storeOk !== ok) this.feed({ kind: 'store', ok, sentence })
  }
}

function notSent(code: string, sentence: string): CommandResult {
  return { outcome: 'not-sent', code, sentence }
}

function notDone(code: string, sentence: string): ErrandResult {
  return { outcome: 'failed', code, sentence }
}

function pinOf(state: State, device: string): { deviceId?: string } {
  const deviceId = state.pins[device]?.deviceId
  return deviceId === undefined ? {} : { deviceId }
}
