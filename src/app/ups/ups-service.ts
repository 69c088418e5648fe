import type { UpsConfiguration } from '../../config/ups.ts'
import type { Permissions } from '../../core/audit/access/missing.ts'
import { judgeCluster } from '../../core/cluster/model.ts'
import type { Event, State } from '../../core/state/types.ts'
import { type At, elapsedMs } from '../../core/time.ts'
import { siteOf } from '../../core/ups/site-of.ts'
import { liveOutage } from '../../core/ups/supply.ts'
import { ErrandDesk } from '../../engine/ups/errand-desk.ts'
import { rehearse } from '../../engine/ups/rehearsal.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterWatch } from '../../ports/cluster.ts'
import type { NodeShell } from '../../ports/node-shell.ts'
import type { PowerErrands } from '../../ports/power-errands.ts'
import type { UpsWatch } from '../../ports/ups.ts'
import type { UpsDesk } from '../../ports/ups-desk.ts'
import { wakeByPacket } from '../../wake-on-lan/magic-packet.ts'

export type UpsServiceParts = {
  readonly clock: Clock
  readonly feed: (event: Event) => void
  readonly state: () => State
  readonly watches: () => readonly ClusterWatch[]
  readonly shells: () => readonly NodeShell[]
  /** Our name of a node. */
  readonly hostOf: (cluster: string, node: string) => string | undefined
}

/** How often the core is told how the clusters stand; in a power failure they are asked for it, too. */
const SITE_EVERY_MS = 5_000
const NUT_TIMEOUT_MS = 5_000
/** Privileges are granted and taken away by people: what the plan lacks is to be known long before mains fails. */
const PERMISSIONS_EVERY_MS = 10 * 60_000

/** The UPSes of the configuration: read, their clusters shown to the plan for power failures, its errands carried out. */
export class UpsService {
  readonly errands: PowerErrands
  readonly #parts: UpsServiceParts
  #settings = ''
  #watch: UpsWatch | undefined
  #closing = new AbortController()
  #showing: Promise<void> = Promise.resolve()
  readonly #permissions = new Map<string, { readonly at: At; readonly value: Permissions }>()

  constructor(parts: UpsServiceParts) {
    this.#parts = parts
    const { clock, watches, shells } = parts
    this.errands = new ErrandDesk({ clock, watches, shells, wake: (mac) => wakeByPacket(mac) })
  }

  /** Begins to watch, or begins anew where something about the UPSes has changed. */
  async use(ups: UpsConfiguration | undefined): Promise<void> {
    // Secrets are in it by reference, so a secret that was changed in its file takes effect by itself.
    const settings = ups === undefined ? '' : JSON.stringify({ units: ups.units, pollMs: ups.pollMs })
    if (settings === this.#settings) return
    this.#settings = settings
    await this.#stop()
    if (ups === undefined) return
    // Only where there is a UPS: it is memory that most need not have.
    const { watchNut } = await import('../../nut/watch.ts')
    const { clock, feed } = this.#parts
    const { pollMs } = ups
    const units = ups.units.map(({ server, ...unit }) => ({ ...unit, host: server }))
    this.#watch = watchNut({ units, pollMs, timeoutMs: NUT_TIMEOUT_MS }, { clock, random: Math.random })
    this.#closing = new AbortController()
    this.#showing = this.#show(this.#closing.signal)
    this.#watch.start((readings) => {
      feed({ kind: 'ups-read', readings })
      this.#login()
    })
  }

  /** What people may ask; undefined where no UPS is configured. */
  get desk(): UpsDesk | undefined {
    const ups = this.#watch
    if (ups === undefined) return undefined
    const { clock, state, watches, shells } = this.#parts
    const refresh = (watch: ClusterWatch) => this.#refresh(watch)
    return {
      look: () => ups.poke(),
      variables: (name) => ups.variables(name),
      commands: (name) => ups.commands(name),
      command: (name, command) => ups.command(name, command),
      set: (name, variable, value) => ups.set(name, variable, value),
      forceShutdown: (name) => ups.forceShutdown(name),
      rehearse: () => rehearse({ clock, state, watches, shells, ups: () => this.#watch, refresh }),
    }
  }

  async close(): Promise<void> {
    await this.#stop()
  }

  async #stop(): Promise<void> {
    this.#closing.abort()
    await Promise.all([this.#watch?.close(), this.#showing])
    this.#watch = undefined
  }

  /** In the name of each host, until it is verified off: so long the primary waits before it cuts the power. */
  #login(): void {
    const { state } = this.#parts
    const outage = liveOutage(state())
    for (const { host, units } of state().policy.ups?.hosts ?? []) {
      const isOff = outage?.hosts[host]?.step === 'off'
      for (const unit of units) {
        if (isOff) this.#watch?.release(unit, host)
        else this.#watch?.hold(unit, host)
      }
    }
  }

  async #show(signal: AbortSignal): Promise<void> {
    const { clock, state, watches } = this.#parts
    while (!signal.aborted) {
      if (liveOutage(state()) !== undefined) {
        await Promise.all(watches().map((watch) => watch.refresh(['resources', 'ha'])))
      }
      for (const watch of watches()) await this.#tell(watch, signal)
      await clock.sleep(SITE_EVERY_MS, signal)
    }
  }

  /** Everything of it anew, whatever is known. */
  async #refresh(watch: ClusterWatch): Promise<void> {
    const { signal } = this.#closing
    this.#permissions.delete(watch.cluster)
    await watch.refresh(['status', 'votes', 'ha', 'resources', 'guests'])
    await this.#tell(watch, signal)
  }

  /** Shows the core how the cluster stands. */
  async #tell(watch: ClusterWatch, signal: AbortSignal): Promise<void> {
    const { clock, feed, hostOf } = this.#parts
    // Before the first answer there is nothing to show, and what was known is better than that.
    if (Object.keys(watch.views().views).length === 0) return
    const permissions = await this.#permissionsOf(watch, signal)
    if (signal.aborted) return
    const model = judgeCluster(watch.views(), clock.now(), watch.pollMs)
    feed({ kind: 'power-site', site: siteOf(model, (node) => hostOf(watch.cluster, node), permissions) })
  }

  /** Asked now and then, and never in a power failure: what was known then serves. */
  async #permissionsOf(watch: ClusterWatch, signal: AbortSignal): Promise<Permissions | undefined> {
    const { clock, state } = this.#parts
    const known = this.#permissions.get(watch.cluster)
    const isFresh = known !== undefined && elapsedMs(known.at, clock.now()) < PERMISSIONS_EVERY_MS
    if (isFresh || liveOutage(state()) !== undefined) return known?.value
    const asked = await watch.permissions(signal)
    if (!asked.ok) return known?.value
    this.#permissions.set(watch.cluster, { at: clock.now(), value: asked.value })
    return asked.value
  }
}
