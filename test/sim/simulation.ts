import type { Policy } from '../../src/core/policy.ts'
import type { Command } from '../../src/core/power/types.ts'
import { EMPTY_SNAPSHOT } from '../../src/core/state/initial.ts'
import type { Change, Effect, Event, FoundBreadcrumb, Order, Snapshot, State } from '../../src/core/state/types.ts'
import type { At } from '../../src/core/time.ts'
import { type Action, act, advanceTo, createWorld } from '../../src/lab/world/index.ts'
import { bmcBackend, stripBackend } from './backends.ts'
import { BusyMeter } from './busy-meter.ts'
import { type ClusterReader, openReader } from './cluster/cluster-reader.ts'
import type { PeerLie } from './cluster/peer-lie.ts'
import { type Core, type EngineFlaws, realCore } from './core.ts'
import { Crashes } from './crashes.ts'
import { type Around, DeviceQueue } from './device-queue.ts'
import { Inbox } from './inbox.ts'
import { MachineClock } from './machine-clock.ts'
import { type Mishap, Mishaps } from './mishaps.ts'
import { Onlooker } from './onlooker.ts'
import { type Lie, probe } from './prober.ts'
import { type Setup, WALL_START } from './setup.ts'
import type { SimulationOptions } from './simulation-options.ts'
import { Timeline } from './timeline.ts'
import type { Answer, CrashPoint, Fate, Watch } from './watch.ts'

const PROBE_MS = 300
const STOP_DEADLINE_MS = 90_000

/** The engine's loop around a core, with the world of the lab in place of networks and devices, on virtual time. */
export class Simulation extends Onlooker {
  readonly setup: Setup
  readonly clock = new MachineClock(WALL_START)
  readonly mishaps = new Mishaps()
  readonly answers: Answer[] = []
  readonly lies: Lie[] = []
  readonly peerLies: PeerLie[] = []
  /** The running process's eyes on the Proxmox cluster, where the site has one. */
  reader: ClusterReader | undefined
  readonly crashes = new Crashes()
  /** What has reached the alerts' inbox on the disk. */
  readonly inbox = new Inbox()
  /** Counts decisions. */
  readonly meter = new BusyMeter()
  policy: Policy
  durable: Snapshot = EMPTY_SNAPSHOT
  crumbs: FoundBreadcrumb[] = []
  diskFull = false
  /** Looks outside the rounds bring back nothing. */
  dropProbes = false
  roundDelayMs = PROBE_MS
  pollDelayMs = 0
  readonly #core: Core
  readonly #flaws: EngineFlaws
  readonly #watch: Watch
  readonly #quiet: boolean
  readonly #timeline = new Timeline()
  #state: State | undefined
  #queues = new Map<string, DeviceQueue>()
  #process = 0
  #round = 0
  #wake = 0
  #storeOk = true
  #pause: { readonly fromMs: number; readonly untilMs: number; readonly counted: boolean } | undefined
  /** What has to wait until the process goes on. */
  #held: { readonly process: number; readonly run: () => void }[] = []
  #stopping = false
  #reloads = 0

  constructor(options: SimulationOptions) {
    super(createWorld(options.setup.world))
    this.setup = options.setup
    this.policy = options.setup.policy
    this.#core = options.core ?? realCore
    this.#flaws = options.flaws ?? {}
    this.#quiet = options.quiet ?? false
    this.#watch = options.watch?.(this) ?? {}
  }

  get nowMs(): number {
    return this.world.nowMs
  }

  now(): At {
    return this.clock.at(this.world.nowMs)
  }

  /** The running process's state. */
  get state(): State {
    if (this.#state === undefined) throw new Error('the watchdog is not running')
    return this.#state
  }

  get stopping(): boolean {
    return this.#stopping
  }

  get running(): boolean {
    return this.#state !== undefined
  }

  start(fate?: Fate): void {
    if (this.#state !== undefined) return
    this.resume()
    this.#process += 1
    this.#round = 0
    this.#storeOk = true
    this.#stopping = false
    if (fate?.storeLost === true) {
      this.durable = EMPTY_SNAPSHOT
      this.inbox.lose()
    }
    this.#state = this.#core.initialState(this.durable, this.policy, this.now())
    this.#watch.started?.(this.now(), fate)
    this.#openDevices()
    const storeLost = fate?.storeLost === true ? { storeLost: 'The state file was corrupt.' } : {}
    this.deliver({ kind: 'started', breadcrumbs: this.crumbs, ...storeLost })
    this.#soon(0, () => this.#runRound())
    this.#soon(0, () => this.#pollDevices())
    this.reader = openReader(this.world, this.#core.cluster, this.setup)
    if (this.reader !== undefined) this.#soon(0, () => this.#readCluster())
  }

  /** The process dies at once; with `fate` it is started again by its supervisor. */
  crash(fate?: Fate): void {
    if (this.#state === undefined) return
    this.resume()
    this.#state = undefined
    this.#process += 1
    this.#queues.clear()
    this.inbox.forgetOwed()
    this.#watch.died?.(this.now())
    if (fate === undefined) return
    this.#timeline.add(this.nowMs + fate.downMs, 0, () => {
      if (this.running) return
      if (fate.reboots === true) this.clock.reboot(this.nowMs)
      if (fate.wallErrorMs !== undefined) this.clock.wallOffsetMs = WALL_START + fate.wallErrorMs
      this.start(fate)
    })
  }

  /** SIGTERM: it may turn on first what it owes, within its deadline; then it is started again. */
  stop(fate?: Fate): void {
    if (this.#state === undefined || this.#stopping) return
    this.#stopping = true
    this.deliver({ kind: 'stopping' })
    const deadline = this.nowMs + STOP_DEADLINE_MS
    const end = () => {
      if (this.#state === undefined) return
      if (!this.#core.owesPower(this.#state) || this.nowMs >= deadline) this.crash(fate)
      else this.#soon(200, end)
    }
    this.#soon(200, end)
  }

  /** The process stands still; `counted`: its monotonic clock runs on meanwhile. */
  pause(ms: number, counted: boolean): void {
    if (this.#pause !== undefined || this.#state === undefined) return
    const pause = { fromMs: this.nowMs, untilMs: this.nowMs + ms, counted }
    this.#pause = pause
    this.#timeline.add(pause.untilMs, 0, () => {
      if (this.#pause === pause) this.resume()
    })
  }

  /** Ends the standstill, if there is one. */
  resume(): void {
    if (this.#pause?.counted === false) this.clock.slept(this.nowMs - this.#pause.fromMs)
    this.#pause = undefined
    for (const { process, run } of this.#held.splice(0)) this.#timeline.add(this.nowMs, process, run)
  }

  act(action: Action): void {
    act(this.world, action)
  }

  order(order: Order): Answer | undefined {
    const before = this.answers.length
    this.deliver({ kind: 'operator', order })
    return this.answers[before]
  }

  reload(policy: Policy): void {
    this.#reloads += 1
    const reload = this.#reloads
    if (this.#pause !== undefined) {
      this.at(this.#pause.untilMs, () => {
        if (reload === this.#reloads) this.reload(policy)
      })
      return
    }
    this.policy = policy
    if (this.#state === undefined) return
    this.#state = { ...this.#state, policy }
    this.#openDevices()
    this.deliver({ kind: 'configured', policy })
  }

  /** Changes a row as no event would: what another part is yet to do, or what must never happen and still end well. */
  rewrite(change: Change): void {
    this.#state = this.#core.apply(this.state, [change])
    this.deliver({ kind: 'wake' })
  }

  mishap(mishap: Mishap): void {
    this.mishaps.add(mishap)
  }

  /** Does something at a point of virtual time, whatever the process does. */
  at(trueMs: number, run: () => void): void {
    this.#timeline.add(Math.max(trueMs, this.nowMs), 0, run)
  }

  runFor(ms: number): void {
    this.runUntil(this.nowMs + ms)
  }

  runUntil(endMs: number): void {
    while (this.step(endMs)) {
      // Each step is one thing that happens.
    }
    advanceTo(this.world, Math.max(endMs, this.nowMs))
  }

  /** Runs until `done`, at most for `withinMs`; answers whether it came. */
  runUntilTrue(done: () => boolean, withinMs: number): boolean {
    const endMs = this.nowMs + withinMs
    while (!done()) {
      if (!this.step(endMs)) {
        advanceTo(this.world, Math.max(endMs, this.nowMs))
        return done()
      }
    }
    return true
  }

  step(endMs: number): boolean {
    const nextMs = this.#timeline.nextMs()
    if (nextMs === undefined || nextMs > endMs) return false
    const entry = this.#timeline.take()
    if (entry === undefined) return false
    if (entry.process !== 0) {
      if (entry.process !== this.#process) return true
      if (this.#pause !== undefined) {
        this.#held.push({ process: entry.process, run: entry.run })
        return true
      }
    }
    advanceTo(this.world, Math.max(entry.atMs, this.nowMs))
    entry.run()
    return true
  }

  deliver(event: Event): void {
    const before = this.#state
    if (before === undefined) return
    if (this.#pause !== undefined) {
      this.#held.push({ process: this.#process, run: () => this.deliver(event) })
      return
    }
    if (event.kind === 'command-result' && this.#diesAt('before-result')) return
    const now = this.now()
    this.#watch.event?.(event, now)
    const decision = this.#core.decide(before, event, now)
    this.meter.count(this.nowMs)
    const busy = decision.effects.some(({ kind }) => kind === 'command')
    if (this.#flaws.sendsBeforeCommit === true) this.#carryOut(decision.effects, true)
    if (busy && this.#diesAt('before-commit')) return
    const after = this.#core.apply(before, decision.changes)
    const ok = !this.diskFull
    if (ok) this.durable = this.#core.snapshotOf(after)
    this.#state = after
    if (!this.#quiet) for (const told of decision.told) this.told.push({ ...told, trueMs: this.nowMs })
    const announce = () => this.inbox.take(decision.incoming, ok, this.nowMs)
    if (!this.#quiet && this.#flaws.announcesAfterCommit !== true) announce()
    this.#watch.decided?.(before, decision, after, event, now)
    if (busy && this.#diesAt('after-commit')) return
    if (!this.#quiet && this.#flaws.announcesAfterCommit === true) announce()
    if (this.#flaws.sendsBeforeCommit !== true) this.#carryOut(decision.effects, ok)
    if (busy && this.#diesAt('after-send')) return
    this.#sleepUntil(decision.wakeAt)
    if (ok === this.#storeOk) return
    this.#storeOk = ok
    const sentence = ok ? 'The state can be written again.' : 'The state cannot be written: the disk is full.'
    this.deliver({ kind: 'store', ok, sentence })
  }

  #diesAt(point: CrashPoint): boolean {
    const fate = this.crashes.at(point)
    if (fate !== undefined) this.crash(fate)
    return fate !== undefined
  }

  #carryOut(effects: readonly Effect[], ok: boolean): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'command':
          this.#send(effect.command, ok)
          break
        case 'probe':
          this.#probe(effect.hosts)
          break
        case 'breadcrumb-remove':
          if (this.crumbs.length > 0) this.crumbs = this.crumbs.filter(({ intent }) => intent !== effect.intent)
          break
        case 'answer':
          if (!this.#quiet) this.answers.push(effect)
          break
      }
    }
  }

  #send(command: Command, ok: boolean): void {
    const needsCommit =
      command.op === 'off' || command.op === 'arm' || (command.op === 'on' && this.#flaws.onNeedsCommit === true)
    const queue = this.#queues.get(command.ref.device)
    if ((needsCommit && !ok) || queue === undefined) {
      const [code, sentence] = ok ? ['no-such-device', 'It is not configured.'] : ['not-committed', 'The disk is full.']
      const result = { outcome: 'not-sent', code, sentence } as const
      return this.#soon(0, () => this.deliver({ kind: 'command-result', command: command.id, result }))
    }
    const intent = this.#state?.intents[command.intent]
    if (command.op === 'off' && intent?.kind === 'cycle') this.#leaveCrumb(command, intent.reason, intent.holdMs)
    queue.send(command)
  }

  #leaveCrumb({ intent, ref }: Command, reason: string, holdMs: number): void {
    const known = this.crumbs.some(
      (crumb) => crumb.intent === intent && crumb.outlet === ref.outlet && crumb.device === ref.device,
    )
    if (known) return
    const target = this.#state?.intents[intent]?.target ?? intent
    const deviceId = this.#state?.pins[ref.device]?.deviceId
    const crumb = { intent, target, ...ref, reason, offAt: this.now(), holdMs }
    this.crumbs = [...this.crumbs, deviceId === undefined ? crumb : { ...crumb, deviceId }]
  }

  #probe(hosts: readonly string[]): void {
    if (this.dropProbes) return
    const evidence = probe(this.world, this.policy, hosts, 0, this.lies, this.now())
    this.#soon(PROBE_MS, () => this.deliver({ kind: 'probed', evidence }))
  }

  #sleepUntil(wakeAt: At | undefined): void {
    this.#wake += 1
    if (wakeAt === undefined || this.#state === undefined) return
    const wake = this.#wake
    const atMs = Math.max(this.nowMs, this.clock.trueMs(wakeAt))
    this.#timeline.add(atMs, this.#process, () => {
      if (wake === this.#wake) this.deliver({ kind: 'wake' })
    })
  }

  #soon(ms: number, run: () => void): void {
    this.#timeline.add(this.nowMs + ms, this.#process, run)
  }

  #runRound(): void {
    this.#round += 1
    const number = this.#round
    const evidence = probe(this.world, this.policy, undefined, number, this.lies, this.now())
    this.#soon(this.roundDelayMs, () => this.deliver({ kind: 'round', round: number, evidence }))
    // A round never overlaps the next.
    this.#soon(Math.max(this.policy.intervalMs, this.roundDelayMs), () => this.#runRound())
  }

  #pollDevices(): void {
    for (const queue of this.#queues.values()) queue.poll()
    this.#soon(this.policy.deviceCheckMs, () => this.#pollDevices())
  }

  #readCluster(): void {
    if (this.reader === undefined) return
    this.deliver({ kind: 'fed', feeds: this.reader.read(this.policy, this.peerLies, this.now()) })
    this.#soon(this.reader.pollMs, () => this.#readCluster())
  }

  #openDevices(): void {
    const open = new Map<string, DeviceQueue>()
    for (const { name } of this.policy.devices) {
      open.set(name, this.#queues.get(name) ?? this.#openDevice(name))
    }
    this.#queues = open
  }

  #openDevice(name: string): DeviceQueue {
    const bmcOf = this.setup.bmcs[name]
    const backend = bmcOf === undefined ? stripBackend(this.world, name) : bmcBackend(this.world, bmcOf)
    const process = this.#process
    const around: Around = {
      mishaps: this.mishaps,
      now: () => this.now(),
      after: (ms, run) => this.#timeline.add(this.nowMs + ms, process, run),
      afterAnyway: (ms, run) => this.#timeline.add(this.nowMs + ms, 0, run),
      deliver: (event) => this.deliver(event),
      sent: (command) => this.#watch.sent?.(command, this.now()),
      pollDelayMs: this.pollDelayMs,
    }
    return new DeviceQueue(name, backend, around)
  }
}
