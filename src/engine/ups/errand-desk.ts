import type { Errand, ErrandResult, HaWish } from '../../core/ups/errands.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ApiOutcome, ClusterWatch } from '../../ports/cluster.ts'
import type { NodeShell } from '../../ports/node-shell.ts'
import type { PowerErrands } from '../../ports/power-errands.ts'

export type ErrandDeskParts = {
  readonly clock: Clock
  readonly watches: () => readonly ClusterWatch[]
  readonly shells: () => readonly NodeShell[]
  /** A magic packet of our own. */
  readonly wake: (mac: string) => Promise<{ readonly ok: boolean; readonly sentence?: string }>
}

const LOOK_EVERY_MS = 2_000
const CEPH_FLAGS = ['noout', 'norecover', 'norebalance', 'nobackfill', 'nodown', 'pause'] as const

const DONE: ErrandResult = { outcome: 'done', code: 'done', sentence: 'It is done.' }

/**
 * Carries out what the plan for power failures asks, by the API of Proxmox, by SSH and by magic packets, and reads back
 * what can be read back: an order that was taken is not yet one that was followed.
 */
export class ErrandDesk implements PowerErrands {
  readonly #parts: ErrandDeskParts

  constructor(parts: ErrandDeskParts) {
    this.#parts = parts
  }

  async run(errand: Errand): Promise<ErrandResult> {
    const limit = new AbortController()
    const unclear: ErrandResult = { outcome: 'unclear', code: 'timeout', sentence: 'It did not end in time.' }
    const timeout = this.#parts.clock.sleep(errand.limitMs, limit.signal).then(() => unclear)
    try {
      return await Promise.race([this.#run(errand, limit.signal), timeout])
    } catch (error) {
      return failed('mistake', error instanceof Error ? error.message : String(error))
    } finally {
      limit.abort()
    }
  }

  #run(errand: Errand, signal: AbortSignal): Promise<ErrandResult> {
    switch (errand.do) {
      case 'quiet-ha':
      case 'arm-ha':
        return this.#ha(errand, signal)
      case 'ceph-flags':
        return this.#ceph(errand, signal)
      case 'stop-guest':
        return this.#stopGuest(errand, signal)
      case 'start-guest':
        return this.#startGuest(errand, signal)
      case 'shutdown-node':
        return this.#shutdownNode(errand, signal)
      case 'wake':
        return this.#wake(errand, signal)
      case 'replicate':
        return this.#by(errand.cluster, (watch) =>
          watch.actOnPower({ do: 'replicate', node: errand.node, job: errand.job }, signal),
        )
    }
  }

  async #ha(errand: Extract<Errand, { do: 'quiet-ha' | 'arm-ha' }>, signal: AbortSignal): Promise<ErrandResult> {
    const watch = this.#watch(errand.cluster)
    if (watch === undefined) return unknownCluster(errand.cluster)
    const isQuiet = errand.do === 'quiet-ha'
    const asked =
      errand.way === 'disarm' ? await askWhole(watch, isQuiet, signal) : await askEach(watch, errand, signal)
    if (!asked.ok) return failedBy(asked)
    for (;;) {
      await watch.refresh(['ha'])
      if (signal.aborted) return { outcome: 'unclear', code: 'timeout', sentence: 'HA has not followed yet.' }
      if (hasFollowed(watch, errand)) return DONE
      await this.#parts.clock.sleep(LOOK_EVERY_MS, signal)
    }
  }

  async #ceph({ cluster, set }: Extract<Errand, { do: 'ceph-flags' }>, signal: AbortSignal): Promise<ErrandResult> {
    const watch = this.#watch(cluster)
    if (watch === undefined) return unknownCluster(cluster)
    // `pause` stops all I/O: it goes last, and is the first to be taken away.
    for (const flag of set ? CEPH_FLAGS : [...CEPH_FLAGS].reverse()) {
      const outcome = await watch.actOnPower({ do: 'ceph-flag', flag, set }, signal)
      if (!outcome.ok) return failedBy(outcome)
    }
    return DONE
  }

  async #stopGuest(errand: Extract<Errand, { do: 'stop-guest' }>, signal: AbortSignal): Promise<ErrandResult> {
    const { cluster, guest, node, timeoutMs } = errand
    const watch = this.#watch(cluster)
    if (watch === undefined) return unknownCluster(cluster)
    const action = { do: 'stop-guest', guest, node, timeoutS: timeoutMs / 1_000 } as const
    const outcome = await watch.actOnPower(action, signal)
    await watch.refresh(['resources'])
    if (isRunning(watch, guest) === false) return DONE
    if (!outcome.ok) return failedBy(outcome)
    const status = outcome.value?.exitStatus ?? 'no word of its end'
    return outcome.value?.ok === true ? DONE : failed('not-stopped', `The task ended with: ${status}.`)
  }

  async #startGuest(errand: Extract<Errand, { do: 'start-guest' }>, signal: AbortSignal): Promise<ErrandResult> {
    const { cluster, guest, node } = errand
    const watch = this.#watch(cluster)
    if (watch === undefined) return unknownCluster(cluster)
    const outcome = await watch.startGuest(guest, node, signal)
    await watch.refresh(['resources'])
    if (isRunning(watch, guest) === true) return DONE
    if (!outcome.ok) return failedBy(outcome)
    return outcome.value.ok ? DONE : failed('not-started', `The task ended with: ${outcome.value.exitStatus}.`)
  }

  async #shutdownNode(errand: Extract<Errand, { do: 'shutdown-node' }>, signal: AbortSignal): Promise<ErrandResult> {
    const { cluster, node, by } = errand
    if (by === 'api') return this.#by(cluster, (watch) => watch.actOnPower({ do: 'shutdown-node', node }, signal))
    const shell = this.#parts.shells().find((each) => each.cluster === cluster && each.reaches(node))
    if (shell === undefined) return failed('not-configured', `${node} cannot be reached by SSH: it is not configured.`)
    const outcome = await shell.act(node, 'shut-down', signal)
    if (outcome.ok) return DONE
    const { code, sentence, mayHaveHappened } = outcome
    return mayHaveHappened ? { outcome: 'unclear', code, sentence } : failed(code, sentence)
  }

  async #wake({ cluster, node, mac }: Extract<Errand, { do: 'wake' }>, signal: AbortSignal): Promise<ErrandResult> {
    const sent = mac === undefined ? undefined : await this.#parts.wake(mac)
    const watch = this.#watch(cluster)
    const asked = await watch?.actOnPower({ do: 'wake-node', node }, signal)
    if (sent?.ok === true || asked?.ok === true) return DONE
    if (asked !== undefined && !asked.ok) return failedBy(asked)
    return failed(
      'not-configured',
      sent?.sentence ?? 'Neither a hardware address nor a living node is there to wake it.',
    )
  }

  async #by(cluster: string, act: (watch: ClusterWatch) => Promise<ApiOutcome<unknown>>): Promise<ErrandResult> {
    const watch = this.#watch(cluster)
    if (watch === undefined) return unknownCluster(cluster)
    const outcome = await act(watch)
    return outcome.ok ? DONE : failedBy(outcome)
  }

  #watch(cluster: string): ClusterWatch | undefined {
    return this.#parts.watches().find((watch) => watch.cluster === cluster)
  }
}

function askWhole(watch: ClusterWatch, isQuiet: boolean, signal: AbortSignal): Promise<ApiOutcome<unknown>> {
  return isQuiet ? watch.disarmHa('ignore', signal) : watch.armHa(signal)
}

async function askEach(
  watch: ClusterWatch,
  errand: Extract<Errand, { do: 'quiet-ha' | 'arm-ha' }>,
  signal: AbortSignal,
): Promise<ApiOutcome<unknown>> {
  for (const { sid, request } of errand.services) {
    const state = errand.do === 'quiet-ha' ? 'ignored' : request
    const outcome = await watch.actOnPower({ do: 'ha-state', sid, state }, signal)
    if (!outcome.ok) return outcome
  }
  return { ok: true, value: undefined }
}

function hasFollowed(watch: ClusterWatch, errand: Extract<Errand, { do: 'quiet-ha' | 'arm-ha' }>): boolean {
  const views = Object.values(watch.views().views)
  const ha = views.flatMap(({ ha: told }) => (told?.value.quorate === true ? [told] : []))
  const newest = ha.sort((a, b) => b.at.wallMs - a.at.wallMs)[0]?.value
  if (newest === undefined) return false
  const isQuiet = errand.do === 'quiet-ha'
  if (errand.way === 'disarm') return isQuiet ? newest.armed === 'disarmed' : newest.armed !== 'disarmed'
  const isAs = ({ sid, request }: HaWish): boolean => {
    const service = newest.services.find((each) => each.sid === sid)
    const isIgnored = service === undefined || service.state === 'ignored' || service.requestState === 'ignored'
    return isQuiet ? isIgnored : service?.requestState === request
  }
  return errand.services.every(isAs)
}

function isRunning(watch: ClusterWatch, guest: string): boolean | undefined {
  const rows = Object.values(watch.views().views).flatMap(({ resources }) =>
    resources === undefined ? [] : [resources],
  )
  const newest = rows.sort((a, b) => b.at.wallMs - a.at.wallMs)[0]?.value
  const found = newest?.guests.find(({ id }) => id === guest)
  return found === undefined ? undefined : found.status === 'running'
}

function failed(code: string, sentence: string): ErrandResult {
  return { outcome: 'failed', code, sentence }
}

/** A call that was not answered may have arrived. */
function failedBy(outcome: Extract<ApiOutcome<unknown>, { ok: false }>): ErrandResult {
  const isLost = outcome.code === 'timeout' || outcome.code === 'unreachable' || outcome.code === 'aborted'
  return { outcome: isLost ? 'unclear' : 'failed', code: outcome.code, sentence: outcome.sentence }
}

function unknownCluster(cluster: string): ErrandResult {
  return failed('not-configured', `No Proxmox cluster is configured for ${cluster}.`)
}
