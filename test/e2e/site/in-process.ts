import { loadConfiguration } from '../../../src/app/configuration/load.ts'
import { createLog } from '../../../src/app/log.ts'
import { type Started, startDaemon } from '../../../src/app/start.ts'
import type { HappeningCode } from '../../../src/core/codes.ts'
import type { Told } from '../../../src/core/state/types.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import { PATIENCE_MS } from './daemon-process.ts'
import type { LabSite } from './lab-site.ts'
import { until } from './until.ts'

/** The whole daemon within the test, for what a process of its own cannot be given: another clock. */
export class InProcess {
  readonly told: Told[] = []
  readonly #started: Started

  private constructor(started: Started) {
    this.#started = started
    started.daemon.subscribe((told) => this.told.push(told))
  }

  static async start(site: LabSite, clock: Clock): Promise<InProcess> {
    const load = () => loadConfiguration({ file: site.configurationFile, env: {} })
    const started = await startDaemon({ load, clock, log: createLog('silent'), onFatal: () => {} })
    if (!started.ok) throw new Error(JSON.stringify(started))
    return new InProcess(started)
  }

  get daemon(): Started['daemon'] {
    return this.#started.daemon
  }

  /** The newest of that code, or of one of these. */
  async tells(
    code: HappeningCode | readonly HappeningCode[],
    isSo: (told: Told) => boolean = () => true,
  ): Promise<Told> {
    const codes = [code].flat()
    let found: Told | undefined
    const come = await until(() => {
      found = this.told.findLast((told) => codes.includes(told.code) && isSo(told))
      return found !== undefined
    }, PATIENCE_MS)
    if (!come)
      throw new Error(`${codes.join(' or ')} was not told, but ${this.told.map((told) => told.code).join(', ')}`)
    return found as Told
  }

  async seesAllUp(): Promise<void> {
    const isSo = () => {
      const { policy, hostsNow, devicesNow, intents } = this.daemon.state()
      return (
        Object.keys(intents).length === 0 &&
        policy.hosts.every(({ name }) => hostsNow[name]?.verdict === 'up') &&
        policy.devices.every(({ name }) => devicesNow[name]?.reachable === true)
      )
    }
    if (!(await until(isSo, PATIENCE_MS))) throw new Error('not every host and device came up, or a plan is left')
  }

  stop(): Promise<void> {
    const hurry = new AbortController()
    hurry.abort()
    return this.#started.stop(hurry.signal)
  }
}
