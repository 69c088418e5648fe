import type { Incoming } from '../../core/alerts/types.ts'
import type { Evidence } from '../../core/evidence/types.ts'
import type { Policy } from '../../core/policy.ts'
import { EMPTY_SNAPSHOT } from '../../core/state/initial.ts'
import type { Change, Told } from '../../core/state/types.ts'
import type { Breadcrumb, Breadcrumbs, CommitOutcome, Journal } from '../../ports/journal.ts'
import type { DeviceIdentity, Outcome, OutletReading, PowerDevice } from '../../ports/power-device.ts'
import type { Probing } from '../../ports/probing.ts'
import type { ManualClock } from './manual-clock.ts'

/** What happened, in its order, over all the fakes of a test. */
export type Diary = string[]

const FULL: CommitOutcome = { ok: false, code: 'full', sentence: 'the disk is full' }

export class FakeJournal implements Journal {
  readonly #diary: Diary
  /** Whether a commit of these changes fails. */
  refuses: (changes: readonly Change[], told: readonly Told[]) => boolean = () => false
  readonly commits: { readonly changes: readonly Change[]; readonly told: readonly Told[] }[] = []
  /** What went to the alerts' inbox, over all commits. */
  readonly inbox: Incoming[] = []
  /** The same by commit. */
  readonly announced: (readonly Incoming[])[] = []

  constructor(diary: Diary) {
    this.#diary = diary
  }

  load() {
    return EMPTY_SNAPSHOT
  }

  commit(changes: readonly Change[], told: readonly Told[], incoming: readonly Incoming[] = []): CommitOutcome {
    if (this.refuses(changes, told)) {
      this.#diary.push('commit failed')
      return FULL
    }
    this.commits.push({ changes, told })
    this.inbox.push(...incoming)
    this.announced.push(incoming)
    for (const { collection, value } of changes) {
      if (collection === 'commands' && value !== undefined) this.#diary.push(`committed ${value.op}`)
    }
    return { ok: true }
  }

  close(): void {}
}

export class FakeMarks implements Breadcrumbs {
  readonly #diary: Diary
  puts: () => CommitOutcome = () => ({ ok: true })
  removes: () => CommitOutcome = () => ({ ok: true })
  readonly marks = new Map<string, Breadcrumb>()

  constructor(diary: Diary) {
    this.#diary = diary
  }

  put(mark: Breadcrumb): CommitOutcome {
    const outcome = this.puts()
    this.#diary.push(outcome.ok ? 'mark put' : 'mark failed')
    if (outcome.ok) this.marks.set(mark.intent, mark)
    return outcome
  }

  remove(intent: string): CommitOutcome {
    const outcome = this.removes()
    if (outcome.ok && this.marks.delete(intent)) this.#diary.push('mark removed')
    return outcome
  }

  list() {
    return { marks: [...this.marks.values()], unreadable: [] }
  }
}

/** A device of one outlet that does as it is told, unless a test says otherwise. */
export class FakeDevice implements PowerDevice {
  readonly name = 'strip'
  readonly driver = 'fake'
  readonly #diary: Diary
  state: 'on' | 'off' = 'on'
  /** Called before each call is carried out; may wait, throw, or answer instead. */
  before: (call: string, signal: AbortSignal) => Promise<Outcome<never> | undefined> = async () => undefined

  constructor(diary: Diary) {
    this.#diary = diary
  }

  identify(signal: AbortSignal): Promise<Outcome<DeviceIdentity>> {
    return this.#call('identify', signal, () => ({ deviceId: 'ID', model: 'fake', outlets: [this.#reading()] }))
  }

  readAll(signal: AbortSignal): Promise<Outcome<readonly OutletReading[]>> {
    return this.#call('readAll', signal, () => [this.#reading()])
  }

  read(_outlet: string, signal: AbortSignal): Promise<Outcome<OutletReading>> {
    return this.#call('read', signal, () => this.#reading())
  }

  turnOff(_outlet: string, signal: AbortSignal): Promise<Outcome<OutletReading>> {
    return this.#turn('off', signal)
  }

  turnOn(_outlet: string, signal: AbortSignal): Promise<Outcome<OutletReading>> {
    return this.#turn('on', signal)
  }

  arm(_outlet: string, _seconds: number, signal: AbortSignal): Promise<Outcome<void>> {
    return this.#call('arm', signal, () => undefined)
  }

  disarm(_outlet: string, signal: AbortSignal): Promise<Outcome<void>> {
    return this.#call('disarm', signal, () => undefined)
  }

  async close(): Promise<void> {
    this.#diary.push('device closed')
  }

  #reading(): OutletReading {
    return { outlet: '0', state: this.state, watts: this.state === 'on' ? 60 : 0 }
  }

  #turn(state: 'on' | 'off', signal: AbortSignal): Promise<Outcome<OutletReading>> {
    return this.#call(state, signal, () => {
      this.state = state
      return this.#reading()
    })
  }

  async #call<T>(call: string, signal: AbortSignal, value: () => T): Promise<Outcome<T>> {
    this.#diary.push(call)
    const instead = await this.before(call, signal)
    return instead ?? { ok: true, value: value() }
  }
}

export const ABORTED: Outcome<never> = {
  ok: false,
  error: { code: 'aborted', sentence: 'given up', mayHaveLanded: false },
}

/** Resolves with `aborted` when the signal does. */
export function untilAborted(signal: AbortSignal): Promise<Outcome<never>> {
  if (signal.aborted) return Promise.resolve(ABORTED)
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(ABORTED), { once: true }))
}

/** One host on one outlet, with one reference. */
export const POLICY: Policy = {
  mode: 'act',
  intervalMs: 30_000,
  failureThreshold: 2,
  offHoldMs: 600_000,
  bootGraceMs: 600_000,
  startupGraceMs: 0,
  maxCyclesPerOutage: 5,
  maxCyclesPerDay: 8,
  clearAfterHealthyMs: 1_800_000,
  cycleSpacingMs: 0,
  onWedged: 'alert',
  heldAlertAfterMs: 900_000,
  standbyWatts: 5,
  stormCanaryAfterMs: 1_800_000,
  deviceCheckMs: 60_000,
  hosts: [
    {
      name: 'pve1',
      address: '192.0.2.1',
      cluster: 'main',
      channels: [{ name: 'icmp', proves: 'kernel' }],
      levels: [[{ device: 'strip', outlet: '0' }]],
      mappingHash: 'hash',
      runsHere: false,
      offHoldMs: 600_000,
      bootGraceMs: 600_000,
      onWedged: 'alert',
    },
  ],
  references: [{ name: 'gateway', address: '192.0.2.254', channels: ['icmp'] }],
  devices: [{ name: 'strip', driver: 'fake', slowestCommandMs: 10_000, outlets: [{ outlet: '0', protected: false }] }],
}

/** Answers for the one host as it is told, and for the reference always with life. */
export class FakeProbing implements Probing {
  readonly #clock: ManualClock
  alive = true
  asked = 0

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  async ask(round: number, _deadlineMs: number, _signal: AbortSignal, hosts?: readonly string[]): Promise<Evidence[]> {
    this.asked += 1
    const names = hosts ?? ['pve1', 'reference:gateway']
    return names.map((host) => this.#answer(host, round, this.alive || host !== 'pve1'))
  }

  #answer(host: string, round: number, alive: boolean): Evidence {
    const at = this.#clock.now()
    const says = alive ? ('life' as const) : ('silence' as const)
    const proves = alive ? ('kernel' as const) : ('none' as const)
    return { host, vantage: 'here', channel: 'icmp', round, says, proves, sentAt: at, receivedAt: at, detail: says }
  }
}
