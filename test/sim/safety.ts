import type { HostPolicy } from '../../src/core/policy.ts'
import { type Command, type DeviceRef, type Intent, outletKey, type Reading } from '../../src/core/power/types.ts'
import type { Decision, Event, State } from '../../src/core/state/types.ts'
import type { At } from '../../src/core/time.ts'
import { findOutlet } from '../../src/lab/world/index.ts'
import { AlertSafety } from './alert-safety.ts'
import { clusterForbids } from './cluster/cluster-safety.ts'
import { Ledger } from './ledger.ts'
import type { Simulation } from './simulation.ts'
import type { Fate, Watch } from './watch.ts'

/** A rule that must never be broken was broken. The message tells the rule and the story before it. */
export class Violation extends Error {}

type Told = { readonly reading: Reading; readonly monoMs: number; readonly by: 'look' | Command['op'] }

/** What is known of one plan from outside. */
type Plan = {
  readonly target: string
  readonly refs: readonly string[]
  readonly seenAtMs: number
  /** Monotonic time at which each outlet's OFF was first put on the wire. */
  readonly offSentMs: Map<string, number>
  readonly identifiedMs: Map<string, number>
  turningOnMs?: number
  counted?: boolean
  readonly honoured: boolean
}

const MOST_DECISIONS_A_SECOND = 80
/** A plan that asks two levels of silent devices who they are is no hold yet. */
const LONGEST_CHECK_MS = 60_000

/** Safety: checked at every step, from what was delivered and sent, not from what the core thinks of it. */
export class Safety implements Watch {
  readonly ledger = new Ledger()
  readonly alerts: AlertSafety
  /** Outlets that an operator had us turn off for good: with the state lost they look like a person's doing. */
  readonly orderedOff = new Set<string>()
  readonly #sim: Simulation
  readonly #plans = new Map<string, Plan>()
  readonly #readings = new Map<string, Told>()
  /** Those of them that were answers to commands. */
  readonly #answers = new Map<string, Told>()
  readonly #identities = new Map<string, string>()
  readonly #pins = new Map<string, string>()
  /** True times of recovery's cycles since the budget was last cleared. */
  readonly #cycles = new Map<string, number[]>()
  readonly #heldToldMs = new Map<string, number>()
  readonly #planEndedMs = new Map<string, number>()
  readonly #commands = new Map<string, Command>()
  /** When a dead host last was in a plan, or off on order. */
  readonly #excusedMs = new Map<string, number>()
  #bootId = ''
  /** When it last was in dry-run, where nothing is owed. */
  #dryUntilMs = 0

  constructor(sim: Simulation) {
    this.#sim = sim
    this.alerts = new AlertSafety(sim, this.ledger, (rule) => this.fail(rule))
  }

  fail(rule: string): never {
    throw new Violation(`${rule}\n${this.#sim.story(40)}`)
  }

  started(now: At, fate: Fate | undefined): void {
    this.ledger.start(now)
    this.alerts.started(fate)
    this.#identities.clear()
    this.#commands.clear()
    this.#heldToldMs.clear()
    this.#planEndedMs.clear()
    this.#excusedMs.clear()
    this.#dryUntilMs = 0
    // Within one boot the monotonic clock runs on from process to process.
    const sameBoot = this.#bootId === now.bootId
    this.#bootId = now.bootId
    if (!sameBoot) this.#readings.clear()
    this.#answers.clear()
    // What was never on disk, and its number, is forgotten with the process.
    for (const id of this.#plans.keys()) if (this.#sim.durable.intents[id] === undefined) this.#plans.delete(id)
    for (const plan of this.#plans.values()) {
      if (!sameBoot) plan.offSentMs.clear()
      plan.identifiedMs.clear()
      delete plan.turningOnMs
    }
    if (fate?.storeLost !== true) return
    this.#cycles.clear()
    this.#pins.clear()
    this.#plans.clear()
    for (const { device, deviceId } of this.#sim.crumbs) if (deviceId !== undefined) this.#pins.set(device, deviceId)
  }

  event(event: Event, now: At): void {
    this.ledger.event(event, this.#sim.policy, now)
    if (event.kind === 'device-read') {
      if (event.identity !== undefined) this.#identity(event.device, event.identity.deviceId)
      for (const [outlet, reading] of Object.entries(event.readings))
        this.#read(event.device, outlet, reading, 'look', now)
    }
    if (event.kind === 'command-result') {
      const command = this.#commands.get(event.command)
      if (command === undefined || event.result.outcome !== 'ok') return
      const { device, outlet } = command.ref
      if (event.result.identity !== undefined) {
        this.#identity(device, event.result.identity.deviceId)
        this.#plans.get(command.intent)?.identifiedMs.set(device, now.monoMs)
      }
      if (event.result.reading !== undefined) this.#read(device, outlet, event.result.reading, command.op, now)
    }
    if (event.kind === 'operator' && event.order.order === 'accept-device') this.#pins.delete(event.order.device)
    if (event.kind === 'operator' && event.order.order === 'clear-lockout') this.#cycles.delete(event.order.host)
  }

  #identity(device: string, deviceId: string): void {
    if (!this.#pins.has(device)) this.#pins.set(device, deviceId)
    this.#identities.set(device, deviceId)
  }

  #read(device: string, outlet: string, reading: Reading, by: Told['by'], now: At): void {
    const key = outletKey({ device, outlet })
    const before = this.#readings.get(key)
    if (before !== undefined && before.reading.at.monoMs > reading.at.monoMs) return
    this.#readings.set(key, { reading, monoMs: now.monoMs, by })
    if (by !== 'look') this.#answers.set(key, { reading, monoMs: now.monoMs, by })
  }

  decided(before: State, decision: Decision, after: State, _event: Event, now: At): void {
    if (this.#sim.meter.busiestSecond > MOST_DECISIONS_A_SECOND)
      this.fail('a busy loop: too many decisions in one second')
    for (const intent of Object.values(after.intents)) {
      this.#plan(intent, before.intents[intent.id], now)
      if (intent.kind === 'off') for (const { ref } of intent.legs) this.orderedOff.add(outletKey(ref))
    }
    if (after.outlets !== before.outlets) {
      for (const { key, offOnPurpose } of Object.values(after.outlets)) if (offOnPurpose) this.orderedOff.add(key)
    }
    for (const intent of Object.values(before.intents))
      if (after.intents[intent.id] === undefined) this.#ended(intent, after, now)
    for (const { name } of this.#sim.policy.hosts) {
      const sinceMs = this.ledger.heard.get(name)?.healthySinceMs ?? 0
      if (sinceMs !== 0 && now.monoMs - sinceMs >= this.#sim.policy.clearAfterHealthyMs) this.#cycles.delete(name)
    }
    for (const told of decision.told) {
      if (told.code === 'recovery-held' && told.host !== undefined) this.#heldToldMs.set(told.host, now.monoMs)
    }
    for (const effect of decision.effects) {
      if (effect.kind !== 'command') continue
      const intent = after.intents[effect.command.intent]
      if (intent === undefined) this.fail(`${effect.command.op} is sent for a plan that is not there`)
      this.#commands.set(effect.command.id, effect.command)
      if (effect.command.op === 'off') this.#off(effect.command, intent, before, after, now)
      if (effect.command.op === 'on') this.#on(effect.command, intent, now)
    }
    this.alerts.decided(before, decision, after, now)
    this.#holdIsTold(after, now)
  }

  /** On the wire: only what is on disk may be here. */
  sent(command: Command, now: At): void {
    this.alerts.sent(command)
    const plan = this.#plans.get(command.intent)
    if (command.op !== 'off' && command.op !== 'arm') return
    const durable = this.#sim.durable
    if (durable.commands[command.id] === undefined)
      this.fail(`the ${command.op} of ${outletKey(command.ref)} left before its commit`)
    if (command.op !== 'off') return
    const intent = durable.intents[command.intent]
    if (intent?.legs[command.leg]?.offCommittedAt === undefined)
      this.fail('an OFF left whose plan does not owe its ON on disk')
    if (intent.kind === 'cycle' && intent.mustBeOnBy === undefined)
      this.fail('an OFF left without a durable mustBeOnBy')
    if (plan === undefined) return
    if (!plan.offSentMs.has(outletKey(command.ref))) plan.offSentMs.set(outletKey(command.ref), now.monoMs)
    if (intent.purpose === 'recovery' && plan.counted !== true) this.#spend(plan)
  }

  #spend(plan: Plan): void {
    plan.counted = true
    const { maxCyclesPerOutage, maxCyclesPerDay } = this.#sim.policy
    const cycles = this.#cycles.get(plan.target) ?? []
    cycles.push(this.#sim.nowMs)
    this.#cycles.set(plan.target, cycles)
    const day = cycles.filter((at) => this.#sim.nowMs - at < 86_400_000).length
    if (day > maxCyclesPerDay) this.fail(`${plan.target} was cycled ${day} times within a day`)
    if (cycles.length > maxCyclesPerOutage) this.fail(`${plan.target} was cycled ${cycles.length} times in one outage`)
  }

  #plan(intent: Intent, before: Intent | undefined, now: At): void {
    let plan = this.#plans.get(intent.id)
    if (plan === undefined) {
      const honoured = intent.basis[0] === 'a breadcrumb outside the state file'
      plan = {
        target: intent.target,
        refs: intent.legs.map(({ ref }) => outletKey(ref)),
        seenAtMs: now.monoMs,
        offSentMs: new Map(),
        identifiedMs: new Map(),
        honoured,
      }
      this.#plans.set(intent.id, plan)
      if (!honoured && intent.purpose === 'recovery') this.#planIsMapped(intent)
    }
    const turningOn = intent.barrier === 'all-on' || intent.barrier === 'stuck'
    if (!turningOn) delete plan.turningOnMs
    else if (plan.turningOnMs === undefined) plan.turningOnMs = now.monoMs
    if (intent.barrier === 'holding' && before !== undefined && before.barrier === 'all-off') this.#allOff(intent, plan)
  }

  #planIsMapped(intent: Intent): void {
    const host = this.#host(intent.target)
    if (host === undefined || host.levels.length === 0) this.fail(`a plan for ${intent.target}, which is not mapped`)
    const keys = intent.legs.map(({ ref }) => outletKey(ref)).join()
    if (!host.levels.some((level) => level.map(outletKey).join() === keys))
      this.fail(`the plan for ${intent.target} is not its mapping`)
  }

  #host(name: string): HostPolicy | undefined {
    return this.#sim.policy.hosts.find((host) => host.name === name)
  }

  #allOff(intent: Intent, plan: Plan): void {
    for (const { ref, offConfirmedAt } of intent.legs) {
      // Confirmed before the machine itself restarted.
      if (offConfirmedAt !== undefined && offConfirmedAt.bootId !== this.#bootId) continue
      const key = outletKey(ref)
      const told = this.#readings.get(key)
      const sentMs = plan.offSentMs.get(key) ?? 0
      if (told?.reading.state !== 'off' || told.reading.at.monoMs < sentMs) {
        this.fail(`the hold of ${intent.target} began before ${key} was seen off`)
      }
    }
  }

  #ended(intent: Intent, after: State, now: At): void {
    if (intent.legs.some(({ offCommittedAt }) => offCommittedAt !== undefined))
      this.#planEndedMs.set(intent.target, now.monoMs)
    if (intent.kind === 'off' && intent.barrier === 'holding' && intent.aborted === undefined) {
      for (const { ref } of intent.legs) this.#noTimer(ref, after)
      return
    }
    if (intent.barrier !== 'all-on' && intent.barrier !== 'stuck') return
    for (const { ref } of intent.legs) {
      const told = this.#answers.get(outletKey(ref))
      const owed = this.#plans.get(intent.id)?.offSentMs.has(outletKey(ref)) === true || intent.kind === 'on'
      if (!owed) continue
      if (told?.reading.state !== 'on')
        this.fail(`the plan for ${intent.target} ended before ${outletKey(ref)} was seen on`)
      if (told.by === 'on') this.fail(`the ON of ${outletKey(ref)} was believed without a second look`)
    }
  }

  #noTimer(ref: DeviceRef, after: State): void {
    if (after.outlets[outletKey(ref)]?.offOnPurpose === undefined) return
    const timer = findOutlet(this.#sim.world, ref.device, Number(ref.outlet))?.timer
    if (timer !== undefined && !timer.fired && timer.on)
      this.fail(`a timer is armed under the lasting OFF of ${outletKey(ref)}`)
  }

  #off(command: Command, intent: Intent, before: State, after: State, now: At): void {
    const key = outletKey(command.ref)
    const plan = this.#plans.get(intent.id) as Plan
    const what = `the OFF of ${key} for ${intent.target}`
    if (plan.seenAtMs === now.monoMs && before.intents[intent.id] === undefined)
      this.fail(`${what} left in the decision that planned it`)
    if (!plan.refs.includes(key)) this.fail(`${what}: not an outlet of its plan`)
    if (intent.overridesProtected !== true && this.#isProtected(command.ref))
      this.fail(`${what}: the outlet is protected`)
    if (this.#identities.get(command.ref.device) !== this.#pins.get(command.ref.device))
      this.fail(`${what}: not the pinned device`)
    if ((plan.identifiedMs.get(command.ref.device) ?? -1) < 0) this.fail(`${what}: the device was not asked who it is`)
    const mine = new Set(intent.legs.map(({ ref }) => ref.device))
    for (const other of Object.values(after.intents)) {
      if (other.id === intent.id || other.barrier === 'checking') continue
      const near = other.legs.some(({ ref }) => mine.has(ref.device))
      const settled = other.barrier === 'stuck' || (other.kind === 'off' && other.barrier === 'holding')
      if (!settled || near) this.fail(`${what}, while ${other.target} is being switched`)
    }
    const told = this.#readings.get(key)
    if (intent.kind === 'cycle' && !plan.offSentMs.has(key) && told?.reading.state !== 'on') {
      this.fail(`${what}: it was not seen on before`)
    }
    if (intent.purpose === 'recovery') this.#automaticOff(what, intent, plan, after, now)
  }

  #isProtected(ref: DeviceRef): boolean {
    const outlets = this.#sim.policy.devices.find(({ name }) => name === ref.device)?.outlets ?? []
    return outlets.some(({ outlet, protected: is }) => outlet === ref.outlet && is)
  }

  #automaticOff(what: string, intent: Intent, plan: Plan, after: State, now: At): void {
    const { policy } = this.#sim
    const host = this.#host(intent.target)
    if (host === undefined) this.fail(`${what}: the host is not configured`)
    if (policy.mode === 'dry-run' || after.meta.meta?.forcedDryRun !== undefined) this.fail(`${what}, in dry-run`)
    if (!host.levels.some((level) => level.some((ref) => plan.refs.includes(outletKey(ref))))) {
      this.fail(`${what}: a reload has given the host another outlet`)
    }
    if (host.runsHere) this.fail(`${what}: the watchdog runs there`)
    const heard = this.ledger.of(host.name)
    const life = host.onWedged === 'cycle' ? heard.userlandAtMs : heard.lifeAtMs
    if (now.monoMs - life <= (policy.failureThreshold - 0.5) * policy.intervalMs)
      this.fail(`${what}: it answered a moment ago`)
    const rounds = host.onWedged === 'cycle' ? heard.silentRounds + heard.kernelRounds : heard.silentRounds
    if (rounds < policy.failureThreshold) this.fail(`${what} after only ${rounds} silent rounds`)
    if (heard.lastLookAtMs < plan.seenAtMs || heard.lastLookAlive) this.fail(`${what} without a last look at the host`)
    if (now.monoMs - heard.lastLookAtMs > 2 * policy.intervalMs) this.fail(`${what} on a stale look`)
    if (this.ledger.referencesSaid !== true) this.fail(`${what} while no reference answers`)
    if (now.monoMs - this.ledger.graceFromMs < policy.startupGraceMs) this.fail(`${what} within the start-up grace`)
    if (after.roundNow.now?.storeOk === false) this.fail(`${what} while the state cannot be written`)
    for (const claim of Object.values(after.claims)) {
      if (
        claim.goal === 'hands-off' &&
        (claim.target === '*' || claim.target === host.name) &&
        claim.blocks.includes('recovery')
      ) {
        this.fail(`${what} against ${claim.purpose}`)
      }
    }
    const forbidden = clusterForbids(this.#sim, host, now)
    if (forbidden !== undefined) this.fail(`${what} ${forbidden}`)
    this.#notInStorm(what, host, after, now)
  }

  #notInStorm(what: string, host: HostPolicy, after: State, now: At): void {
    const { policy } = this.#sim
    const off = ({ name, levels }: HostPolicy) =>
      Object.values(after.outlets).some(({ offOnPurpose }) => offOnPurpose?.target === name) ||
      (levels[0] ?? []).some((ref) => {
        const record = after.outlets[outletKey(ref)]
        return record?.offOnPurpose !== undefined || record?.personOffSince !== undefined
      })
    const names = this.ledger.notAlive(policy, host.cluster, off)
    const count = policy.hosts.filter(({ cluster }) => cluster === host.cluster).length
    if (names.length <= Math.max(1, Math.floor((count - 1) / 2))) return
    const since = this.ledger.stormSinceMs.get(host.cluster) ?? now.monoMs
    // The storm may have begun in the core's eyes up to the first silent round before ours.
    if (now.monoMs - since < policy.stormCanaryAfterMs - policy.intervalMs)
      this.fail(`${what} in a storm (${names.join(', ')})`)
  }

  #on(command: Command, intent: Intent, now: At): void {
    const key = outletKey(command.ref)
    const plan = this.#plans.get(intent.id) as Plan
    const what = `the ON of ${key} for ${intent.target}`
    if (!plan.refs.includes(key) && !plan.honoured) this.fail(`${what}: not an outlet of its plan`)
    if (this.#identities.get(command.ref.device) !== this.#pins.get(command.ref.device))
      this.fail(`${what}: not the pinned device`)
    if ((plan.identifiedMs.get(command.ref.device) ?? -1) < (plan.turningOnMs ?? now.monoMs)) {
      this.fail(`${what}: the device was not asked who it is`)
    }
    if (intent.purpose === 'operator' || plan.honoured) return
    const leg = intent.legs[command.leg]
    if (leg?.offCommittedAt === undefined) this.fail(`${what}: we had not turned it off`)
  }

  #holdIsTold(after: State, now: At): void {
    const { policy } = this.#sim
    if (policy.mode !== 'act' || after.meta.meta?.forcedDryRun !== undefined) this.#dryUntilMs = now.monoMs
    if (after.roundNow.now?.stopping === true) return
    for (const host of policy.hosts) {
      const heard = this.ledger.heard.get(host.name)
      if (heard === undefined || heard.deadSinceMs === 0 || host.levels.length === 0) continue
      if (isExcused(after, host)) this.#excusedMs.set(host.name, now.monoMs)
      const endedMs = this.#planEndedMs.get(host.name) ?? 0
      const excusedMs = this.#excusedMs.get(host.name) ?? 0
      const sinceMs = Math.max(heard.deadSinceMs, excusedMs, this.#dryUntilMs)
      const toldMs = this.#heldToldMs.get(host.name) ?? Number.NEGATIVE_INFINITY
      const heldMs = now.monoMs - sinceMs
      if (heldMs < policy.heldAlertAfterMs + 3 * policy.intervalMs + LONGEST_CHECK_MS) continue
      const what = `${host.name} has been dead and held back for ${Math.round(heldMs / 1000)} s`
      if (toldMs < Math.max(heard.unwellSinceMs, endedMs)) this.fail(`${what}, and nobody was told`)
      if (!this.alerts.knowsHold(host.name, now)) this.fail(`${what}, and no alert fires`)
    }
  }
}

function isExcused(state: State, host: HostPolicy): boolean {
  return (
    Object.values(state.intents).some(({ target, barrier }) => target === host.name && barrier !== 'checking') ||
    Object.values(state.outlets).some(({ offOnPurpose }) => offOnPurpose?.target === host.name) ||
    host.levels.flat().some((ref) => state.outlets[outletKey(ref)]?.offOnPurpose !== undefined)
  )
}
