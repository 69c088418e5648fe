import { announce } from '../../src/core/alerts/own/announce.ts'
import type { AlertNote, AlertUpdate } from '../../src/core/alerts/types.ts'
import type { HappeningCode } from '../../src/core/codes.ts'
import type { Policy } from '../../src/core/policy.ts'
import type { Claim, Intent, Leg } from '../../src/core/power/types.ts'
import { apply, snapshotOf } from '../../src/core/state/apply.ts'
import { Draft } from '../../src/core/state/draft.ts'
import { initialState } from '../../src/core/state/initial.ts'
import type { DeviceNow, Event, HostNow, HostRecord, RoundNow, State, Told } from '../../src/core/state/types.ts'
import type { At } from '../../src/core/time.ts'
import { BOOT, NOON } from '../faces/clock.ts'
import { calm } from '../faces/situation.ts'

const WAKE: Event = { kind: 'wake' }

/** A state that a test changes by hand, and what is announced of each change. */
export class Rig {
  state: State
  now: At = NOON
  /** When it asked to be woken after the last change, in milliseconds. */
  wakeInMs: number | undefined

  constructor(state: State = calm()) {
    this.state = state
  }

  pass(ms: number): void {
    const { wallMs, bootId, monoMs } = this.now
    this.now = { wallMs: wallMs + ms, bootId, monoMs: monoMs + ms }
  }

  /** One decision that changes this and nothing else. */
  change(work: (draft: Draft) => void = () => undefined, event: Event = WAKE): Announced {
    const draft = new Draft(this.state, this.now)
    work(draft)
    announce(draft, this.state, event)
    const { changes, incoming, told, wakeAt } = draft.decision()
    this.state = apply(this.state, changes)
    this.wakeInMs = wakeAt === undefined ? undefined : wakeAt.monoMs - this.now.monoMs
    return new Announced(incoming.filter(isUpdate), incoming.filter(isNote), incoming, told)
  }

  host(name: string, part: Partial<HostNow>): Announced {
    return this.change((draft) => {
      draft.put('hostsNow', name, { ...(draft.state.hostsNow[name] as HostNow), ...part })
    })
  }

  record(name: string, part: Partial<HostRecord>): Announced {
    return this.change((draft) => draft.putRecord(name, part))
  }

  device(part: Partial<DeviceNow>): Announced {
    return this.change((draft) => {
      draft.put('devicesNow', 'strip', { ...(draft.state.devicesNow.strip as DeviceNow), ...part })
    })
  }

  round(part: Partial<RoundNow>): Announced {
    return this.change((draft) => draft.putRound(part))
  }

  tell(code: HappeningCode, sentence: string, about: Partial<Told> = {}): Announced {
    return this.change((draft) => draft.tell(code, sentence, about))
  }

  plan(part: Partial<Intent>, legs: readonly Partial<Leg>[] = [{}]): Announced {
    return this.change((draft) => draft.put('intents', 'plan-1', planOf(this.now, part, legs)))
  }

  reload(part: Partial<Policy>): Announced {
    this.state = { ...this.state, policy: { ...this.state.policy, ...part } }
    return this.change(undefined, { kind: 'configured', policy: this.state.policy })
  }

  /** A new process; `downMs` later, and in another boot where that is said. */
  restart(downMs = 1_000, bootId = BOOT): Announced {
    const wallMs = this.now.wallMs + downMs
    this.now = { wallMs, bootId, monoMs: bootId === this.now.bootId ? this.now.monoMs + downMs : 60_000 }
    this.state = initialState(snapshotOf(this.state), this.state.policy, this.now)
    return this.change(undefined, { kind: 'started', breadcrumbs: [] })
  }
}

const isUpdate = (each: Draft['incoming'][number]): each is AlertUpdate => each.kind === 'alert'
const isNote = (each: Draft['incoming'][number]): each is AlertNote => each.kind === 'note'

export class Announced {
  readonly alerts: readonly AlertUpdate[]
  readonly notes: readonly AlertNote[]
  readonly all: Draft['incoming']
  readonly told: readonly Told[]

  constructor(
    alerts: AlertUpdate[],
    notes: AlertNote[],
    all: readonly (AlertUpdate | AlertNote)[],
    told: readonly Told[],
  ) {
    this.alerts = alerts
    this.notes = notes
    this.all = [...all]
    this.told = told
  }

  /** `ProxmoxHostDown firing`, in their order. */
  get words(): string[] {
    return this.alerts.map(({ labels, status }) => `${labels.alertname} ${status}`)
  }

  get only(): AlertUpdate {
    const [alert, more] = this.alerts
    if (alert === undefined || more !== undefined) throw new RangeError(`not one alert: ${this.words.join(', ')}`)
    return alert
  }
}

export function planOf(now: At, part: Partial<Intent>, legs: readonly Partial<Leg>[] = [{}]): Intent {
  return {
    id: 'plan-1',
    target: 'pve2',
    kind: 'cycle',
    purpose: 'recovery',
    reason: 'pve2 is down, no life in 3 rounds',
    level: 0,
    epoch: 1,
    claim: { id: 'claim-1', revision: 1 },
    mappingHash: 'pve2@1',
    basis: [],
    barrier: 'all-off',
    createdAt: now,
    holdMs: 600_000,
    ...part,
    legs: legs.map((leg) => ({ ref: { device: 'strip', outlet: '1' }, step: 'turning-off', attempts: 1, ...leg })),
  }
}

export function claimOf(now: At, part: Partial<Claim>): Claim {
  return {
    id: 'claim-1',
    revision: 1,
    target: 'pve2',
    purpose: 'operator',
    by: 'cli:root',
    reason: 'new disks',
    goal: 'off',
    blocks: [],
    until: 'release',
    madeAt: now,
    ...part,
  }
}
