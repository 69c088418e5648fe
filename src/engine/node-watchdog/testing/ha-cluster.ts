import { type LabSpec, lab, lrm } from '../../../core/cluster/testing/lab.ts'
import type { ClusterViews } from '../../../core/cluster/types.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { ApiOutcome, ClusterWatch, JournalPart, TaskEnd } from '../../../ports/cluster.ts'

const NO = { ok: false, code: 'not-supported', sentence: 'This test asks for nothing like it.' } as const

/** A cluster of three whose HA can be disarmed, each LRM letting go a look later than the one before. */
export class HaCluster implements ClusterWatch {
  readonly cluster = 'home'
  armed: 'armed' | 'standby' | 'disarming' | 'disarmed' | 'unknown' = 'armed'
  services: readonly string[] = ['vm:100']
  moving: string | undefined
  holding: string[] = ['pve1', 'pve2']
  specs: NonNullable<LabSpec['specs']> = {}
  lines: readonly string[] = []
  readonly asked: string[] = []
  /** In place of taking the next request; `lost`: taken, but no answer came. */
  fails: ApiOutcome<void>[] = []
  onAsk: (what: string) => void = () => {}
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  views(): ClusterViews {
    const nodes = ['pve1', 'pve2', 'pve3']
    return lab({
      now: this.#clock.now(),
      specs: this.specs,
      ha: {
        armed: this.armed,
        lrms: nodes.map((node) => ({
          ...lrm(node),
          watchdog:
            this.armed === 'unknown' ? ('unknown' as const) : this.holding.includes(node) ? 'active' : 'standby',
        })),
        services: this.services.map((sid) => ({ sid, node: 'pve1', state: this.moving ?? 'started' })),
      },
    })
  }

  async refresh(): Promise<void> {
    if (this.armed !== 'disarming') return
    if (this.holding.length > 0) this.holding = this.holding.slice(1)
    else this.armed = 'disarmed'
  }

  async disarmHa(mode: 'freeze' | 'ignore'): Promise<ApiOutcome<void>> {
    return this.#ask(`disarm ${mode}`, () => {
      this.armed = 'disarming'
    })
  }

  async armHa(): Promise<ApiOutcome<void>> {
    return this.#ask('arm', () => {
      this.armed = 'armed'
      this.holding = ['pve1', 'pve2']
    })
  }

  /** The same for a process that may be dead: then nothing that it asks for arrives. */
  through(alive: () => boolean): ClusterWatch {
    const never = new Promise<never>(() => {})
    return {
      cluster: this.cluster,
      views: () => this.views(),
      refresh: () => this.refresh(),
      disarmHa: (mode) => (alive() ? this.disarmHa(mode) : never),
      armHa: () => (alive() ? this.armHa() : never),
      actOnPower: async () => NO,
      journal: () => this.journal(),
      endpoints: this.endpoints,
      stats: this.stats,
      subscribe: this.subscribe,
      history: this.history,
      permissions: this.permissions,
      startGuest: this.startGuest,
      close: this.close,
    }
  }

  #ask(what: string, does: () => void): ApiOutcome<void> {
    this.onAsk(what)
    this.asked.push(what)
    const failure = this.fails.shift()
    if (failure !== undefined && !failure.ok) return failure
    does()
    return { ok: true, value: undefined }
  }

  async journal(): Promise<ApiOutcome<JournalPart>> {
    return { ok: true, value: { lines: this.lines, truncated: false } }
  }
  endpoints = () => []
  stats = () => []
  subscribe = () => () => {}
  history = async () => NO
  permissions = async () => NO
  startGuest = async (): Promise<ApiOutcome<TaskEnd>> => NO
  actOnPower = async (): Promise<ApiOutcome<undefined>> => NO
  close = async () => {}
}
