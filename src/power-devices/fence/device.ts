import { basename } from 'node:path'
import type { DeviceError, DeviceIdentity, Outcome, OutletReading, PowerDevice } from '../../ports/power-device.ts'
import { runChild } from '../../process/run-child.ts'
import { type AgentAction, agentInput } from './input.ts'
import { type AgentRun, agentError } from './outcome.ts'
import { unknownOptions } from './output.ts'
import { outletsOf, stateOf } from './readings.ts'
import type { FenceSettings } from './settings.ts'

const MAX_OUTPUT_BYTES = 256 * 1024
const KILL_GRACE_MS = 1000

/** The options by which agents are told what they talk to, and which of it. */
const ADDRESS_OPTIONS = ['ip', 'ipaddr', 'address', 'hostname', 'devices', 'device', 'ipport', 'port', 'plug'] as const

/**
 * Any power device that a ClusterLabs fence agent can switch. OFF and ON are an order and a verification by `status`
 * each; `reboot` is never used, because it answers success even where turning on again failed.
 */
export class FenceDevice implements PowerDevice {
  readonly name: string
  readonly driver = 'fence'
  readonly #settings: FenceSettings

  constructor(name: string, settings: FenceSettings) {
    this.name = name
    this.#settings = settings
  }

  /**
   * Agents tell no device id. The agent and the address that it is pointed at stand for one: so a changed address is
   * noticed, but not another device behind the same address.
   */
  async identify(signal: AbortSignal): Promise<Outcome<DeviceIdentity>> {
    const { agent, options } = this.#settings
    const address = ADDRESS_OPTIONS.flatMap((key) => {
      const value = options[key]
      return typeof value === 'string' || typeof value === 'number' ? [`${key}=${value}`] : []
    })
    const model = basename(agent)
    const found = await this.readAll(signal)
    if (!found.ok) {
      // An agent that cannot list, and whose status wants an outlet, still tells by `monitor` whether the device is there.
      if (found.error.code !== 'refused') return found
      const monitor = await this.#run('monitor', '', signal)
      if ('error' in monitor) return failure(monitor.error)
      if (!succeeded(monitor)) return failure(agentError(monitor))
    }
    const deviceId = [model, ...address].join(' ')
    return { ok: true, value: { deviceId, model, transport: 'fence agent', outlets: found.ok ? found.value : [] } }
  }

  /** By `list-status` or `list`; a device of one outlet (a BMC) by `status`, its outlet being the empty string. */
  async readAll(signal: AbortSignal): Promise<Outcome<readonly OutletReading[]>> {
    for (const action of ['list-status', 'list'] as const) {
      const run = await this.#run(action, '', signal)
      if ('error' in run) return failure(run.error)
      if (!succeeded(run)) {
        const error = agentError(run)
        // Older agents do not know `list-status`, some not even `list`.
        if (error.code === 'refused') continue
        return failure(error)
      }
      const outlets = outletsOf(run.outcome.stdout)
      if (outlets.length > 0) return { ok: true, value: outlets }
      break
    }
    const single = await this.read('', signal)
    return single.ok ? { ok: true, value: [single.value] } : single
  }

  async read(outlet: string, signal: AbortSignal): Promise<Outcome<OutletReading>> {
    const run = await this.#run('status', outlet, signal)
    if ('error' in run) return failure(run.error)
    const state = stateOf(run.outcome)
    if (state !== undefined) return { ok: true, value: { outlet, state } }
    if (!succeeded(run)) return failure(agentError(run))
    const sentence = `${basename(run.agent)} (status) contradicts itself: exit code 0 means ON, its words say OFF`
    return failure({ code: 'malformed-answer', sentence, mayHaveLanded: false })
  }

  turnOff(outlet: string, signal: AbortSignal): Promise<Outcome<OutletReading>> {
    return this.#turn('off', outlet, signal)
  }

  turnOn(outlet: string, signal: AbortSignal): Promise<Outcome<OutletReading>> {
    return this.#turn('on', outlet, signal)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  async #turn(wanted: 'on' | 'off', outlet: string, signal: AbortSignal): Promise<Outcome<OutletReading>> {
    const run = await this.#run(wanted, outlet, signal)
    if ('error' in run) return failure(run.error)
    if (!succeeded(run)) return failure(agentError(run))
    const reading = await this.read(outlet, signal)
    if (!reading.ok) return failure({ ...reading.error, mayHaveLanded: true })
    if (reading.value.state === wanted) return reading
    const said = `${basename(run.agent)} (${wanted}) reported success`
    return failure({
      code: 'refused',
      sentence: `${said}, but its status is still ${reading.value.state.toUpperCase()}`,
      mayHaveLanded: true,
    })
  }

  async #run(action: AgentAction, outlet: string, signal: AbortSignal): Promise<AgentRun | { error: DeviceError }> {
    const { agent, plugOption, timeout } = this.#settings
    const input = agentInput(this.#settings, action, outlet)
    if ('problem' in input) {
      return {
        error: { code: 'refused', sentence: `${basename(agent)} was not run: ${input.problem}`, mayHaveLanded: false },
      }
    }
    const outcome = await runChild({
      command: agent,
      args: [],
      stdin: input.text,
      timeoutMs: timeout,
      killGraceMs: KILL_GRACE_MS,
      maxOutputBytes: MAX_OUTPUT_BYTES,
      signal,
      // Agents live in sbin, which an ordinary user's PATH lacks.
      env: { PATH: [process.env.PATH ?? '/usr/bin:/bin', '/usr/sbin', '/sbin'].join(':') },
    })
    const switches = action === 'on' || action === 'off'
    if (outlet !== '' && unknownOptions(outcome.stderr).includes(plugOption)) {
      const sentence = `${basename(agent)} does not know the option ${plugOption}, so it cannot be told which outlet: set plugOption`
      return { error: { code: 'refused', sentence, mayHaveLanded: switches } }
    }
    return { agent, action, outcome, secrets: input.secrets, switches }
  }
}

function succeeded(run: AgentRun): boolean {
  const { end, timedOut, aborted } = run.outcome
  return end.kind === 'exited' && end.exitCode === 0 && !timedOut && !aborted
}

function failure(error: DeviceError): { readonly ok: false; readonly error: DeviceError } {
  return { ok: false, error }
}
