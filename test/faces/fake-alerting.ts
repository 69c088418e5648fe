import type { AlertUpdate, Delivery, Incident, Incoming, Silence } from '../../src/core/alerts/types.ts'
import type { DeliveryQuery, IncidentQuery } from '../../src/ports/alert-store.ts'
import type {
  AlertAnswer,
  Alerting,
  AlertingStatus,
  DrillReport,
  HeartbeatIn,
  HookGate,
  IncidentDetail,
  LegResult,
  SilenceRequest,
} from '../../src/ports/alerting.ts'
import type { CommitOutcome } from '../../src/ports/journal.ts'
import type { KeyState } from '../../src/ports/relay-peer.ts'

const DONE: AlertAnswer = { ok: true, code: 'done', sentence: 'Done.' }

/** What the fake was asked to do: its calls with what they were given. */
export type Asked = readonly [string, ...unknown[]]

/** An alert path that decides nothing: it shows what a test gives it, and remembers what it was asked and given. */
export class FakeAlerting implements Alerting {
  incidents: Incident[] = []
  details: Record<number, Partial<IncidentDetail>> = {}
  outbox: Delivery[] = []
  silenced: Silence[] = []
  legs: LegResult[] = []
  known: Partial<AlertingStatus> = {}
  answer: AlertAnswer = DONE
  commit: CommitOutcome = { ok: true }
  keys: Readonly<Record<string, KeyState>> = {}
  expected: readonly string[] = ['home']
  readonly taken: Incoming[] = []
  readonly beats: (readonly [string, HeartbeatIn])[] = []
  readonly asked: Asked[] = []
  readonly counted: Record<string, Record<string, number>> = {}

  get alerts(): AlertUpdate[] {
    return this.taken.filter((incoming) => incoming.kind === 'alert')
  }

  status(): AlertingStatus {
    return {
      channels: [],
      inbox: 0,
      firing: {},
      heartbeatsOut: [],
      heartbeatsIn: [],
      hooks: this.counted,
      ...this.known,
    }
  }

  list({ status, limit, beforeId }: IncidentQuery): readonly Incident[] {
    return this.incidents
      .filter((each) => (status === undefined || each.status === status) && each.id < (beforeId ?? Infinity))
      .sort((one, other) => other.id - one.id)
      .slice(0, limit)
  }

  show(id: number): IncidentDetail | undefined {
    const incident = this.incidents.find((each) => each.id === id)
    if (incident === undefined) return undefined
    return { incident, timeline: [], deliveries: [], folded: 0, ...this.details[id] }
  }

  deliveries({ states, channel, limit, beforeId }: DeliveryQuery): readonly Delivery[] {
    return this.outbox
      .filter(
        (each) =>
          (states === undefined || states.includes(each.state)) &&
          (channel === undefined || each.channel === channel) &&
          each.id < (beforeId ?? Infinity),
      )
      .slice(0, limit)
  }

  acknowledge(id: number, by: string, comment: string): AlertAnswer {
    this.asked.push(['acknowledge', id, by, comment])
    return this.answer
  }

  silences(): readonly Silence[] {
    return this.silenced
  }

  silence(request: SilenceRequest): AlertAnswer & { readonly id?: number } {
    this.asked.push(['silence', request])
    return this.answer.ok ? { ...this.answer, id: 7 } : this.answer
  }

  endSilence(id: number, by: string): AlertAnswer {
    this.asked.push(['endSilence', id, by])
    return this.answer
  }

  replay(which: { readonly ids?: readonly number[]; readonly channel?: string }, by: string): AlertAnswer {
    this.asked.push(['replay', which, by])
    return this.answer
  }

  async test(channel: string | undefined): Promise<readonly LegResult[]> {
    this.asked.push(['test', channel])
    return this.legs
  }

  async drill(channel: string | undefined): Promise<DrillReport> {
    this.asked.push(['drill', channel])
    return { startedMs: Date.UTC(2025, 2, 1, 12), ok: this.legs.every(({ ok }) => ok), legs: this.legs }
  }

  /** Answers in another turn of the loop, as a commit does. */
  accept(incoming: readonly Incoming[]): Promise<CommitOutcome> {
    return new Promise((resolve) => {
      setImmediate(() => {
        if (this.commit.ok) this.taken.push(...incoming)
        resolve(this.commit)
      })
    })
  }

  async heartbeat(name: string, beat: HeartbeatIn): Promise<AlertAnswer> {
    if (!this.commit.ok) return this.commit
    if (!this.expected.includes(name)) {
      return { ok: false, code: 'unknown', sentence: 'No heartbeat of this name is expected.' }
    }
    this.beats.push([name, beat])
    return { ok: true, code: 'taken', sentence: 'Taken.' }
  }

  relayStates(keys: readonly string[]): Readonly<Record<string, KeyState>> {
    return Object.fromEntries(keys.map((key) => [key, this.keys[key] ?? 'unknown']))
  }

  countHook(hook: string, result: string): void {
    this.counted[hook] ??= {}
    const counts = this.counted[hook]
    counts[result] = (counts[result] ?? 0) + 1
  }
}

export const HOOK_TOKEN = 'correct-horse-battery'
export const RELAY_TOKEN = 'shared-by-both-relays'

/** Lets in whoever shows the token in any of the ways; `own` has a token of its own. */
export function fakeGate(over: Partial<HookGate> = {}): HookGate {
  const shows = (wanted: string) => (authorization: string | undefined, query?: string) =>
    authorization === `Bearer ${wanted}` ||
    authorization === `Basic ${Buffer.from(`am:${wanted}`).toString('base64')}` ||
    query === wanted
  return {
    check: shows(HOOK_TOKEN),
    relayCheck: shows(RELAY_TOKEN),
    maxBodyBytes: 64 * 1024,
    ...over,
  }
}
