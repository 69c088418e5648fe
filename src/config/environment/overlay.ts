import { ENVIRONMENT, Origins } from '../origins.ts'
import { isMap, listOf } from '../path.ts'
import type { Problem, Warning } from '../problem.ts'
import { parseDuration } from '../values.ts'
import { readHostsVariable } from './hosts-variable.ts'
import { type Environment, givenVariables, STATE_DIRECTORY_VARIABLE, type VariableName, variable } from './variables.ts'

type Settings = Record<string, unknown>

export type Overlaid = {
  readonly data: unknown
  readonly origins: Origins
  readonly problems: readonly Problem[]
  readonly warnings: readonly Warning[]
}

const KASA_KEYS = { KASA_IP: 'address', KASA_USERNAME: 'username', KASA_PASSWORD: 'password' } as const
const KASA_VARIABLES = Object.keys(KASA_KEYS) as (keyof typeof KASA_KEYS)[]
const STRIP = 'strip'

/**
 * Lays the environment over the file's data (undefined: there is no file, and the environment must be enough). The
 * result has the form of a file and is validated as one; `origins` knows what came from which variable.
 */
export function overlayEnvironment(data: unknown, env: Environment): Overlaid {
  const overlay = new Overlay(data, env)
  const given = givenVariables(env)
  if (data !== undefined && !isMap(data)) return overlay.result(data)
  if (data === undefined) overlay.standAlone(given)
  overlay.numbers()
  const device = overlay.kasa(given)
  overlay.hosts(device)
  overlay.stateDirectory()
  return overlay.result(overlay.root)
}

class Overlay {
  readonly root: Settings
  readonly #env: Environment
  readonly #alone: boolean
  readonly #origins = new Origins()
  readonly #problems: Problem[] = []
  readonly #warnings: Warning[] = []

  constructor(data: unknown, env: Environment) {
    this.root = isMap(data) ? { ...data } : {}
    this.#alone = data === undefined
    this.#env = env
  }

  result(data: unknown): Overlaid {
    return { data, origins: this.#origins, problems: this.#problems, warnings: this.#warnings }
  }

  /** Without a file the variables must make sense together: half a deployment would guard half the hosts. */
  standAlone(given: readonly VariableName[]): void {
    this.root.mode = 'act'
    this.#origins.set(['mode'], ENVIRONMENT)
    if (given.length === 0) {
      const message = 'there is no configuration: neither a file nor variables such as HOSTS and KASA_IP'
      this.#problems.push({ path: '', message })
      return
    }
    const missing = new Set<VariableName>()
    const hosts = variable(this.#env, 'HOSTS')
    if (hosts === undefined) missing.add('HOSTS')
    const needsStrip = given.some((name) => name in KASA_KEYS) || (hosts?.includes('@') ?? false)
    for (const name of needsStrip ? KASA_VARIABLES : []) if (!given.includes(name)) missing.add(name)
    for (const name of missing) {
      const example = name === 'HOSTS' ? ', such as pve1=192.168.1.105@0' : ''
      const message = `is not set${example}; without a configuration file it is needed beside ${given.join(', ')}`
      this.#problem(name, message)
    }
  }

  numbers(): void {
    this.#set('CHECK_INTERVAL', 'rounds', 'interval', durationOf)
    this.#set('FAILURE_THRESHOLD', 'rounds', 'failureThreshold', wholeOf)
    this.#set('BOOT_WAIT_TIME', 'recovery', 'offHold', durationOf)
    this.#set('MAX_POWER_CYCLES', 'recovery', 'maxCyclesPerOutage', wholeOf)
    this.#set('METRICS_PORT', 'http', 'port', wholeOf)
  }

  #set(name: VariableName, section: string, key: string, read: (text: string) => string | number | Refused): void {
    const text = variable(this.#env, name)
    if (text === undefined) return
    const value = read(text)
    if (typeof value === 'object') {
      this.#problem(name, value.message, text)
      return
    }
    const present = this.root[section] ?? {}
    // A section that is not a map is the file's mistake and is told as such.
    if (!isMap(present)) return
    this.root[section] = { ...present, [key]: value }
    this.#origins.set([section, key], name)
  }

  /** Applies KASA_*; answers the name of the one kasa device, if there is exactly one. */
  kasa(given: readonly VariableName[]): string | undefined {
    const wanted = KASA_VARIABLES.filter((name) => given.includes(name))
    const devices = [...listOf(this.root.powerDevices)]
    const found = devices.flatMap((device, index) => (isMap(device) && device.driver === 'kasa' ? [index] : []))
    const nameAt = (index: number) => nameOf(devices[index], STRIP)
    if (wanted.length > 0 && found.length > 1) {
      const names = found.map(nameAt).join(', ')
      // A variable that the file itself names as a secret is its own business, for as many devices as it likes.
      const named = (name: string) => found.some((index) => namesVariable(devices[index], name))
      for (const name of wanted.filter((each) => !named(each)))
        this.#problem(name, `the file has ${found.length} kasa devices (${names}): which is meant?`)
      return undefined
    }
    const broken =
      this.root.powerDevices !== undefined && this.root.powerDevices !== null && !Array.isArray(this.root.powerDevices)
    if (wanted.length === 0 || broken) return found.length === 1 ? nameAt(found[0] as number) : undefined
    // What is missing was told already; half a device would only be told again.
    if (this.#alone && wanted.length < KASA_VARIABLES.length) return undefined
    const index = found[0] ?? devices.length
    if (found.length === 0) {
      if (!this.#alone && !wanted.includes('KASA_IP')) {
        for (const name of wanted) this.#problem(name, 'the file has no kasa device, and KASA_IP is not set')
        return undefined
      }
      devices.push({ name: STRIP, driver: 'kasa' })
      this.#origins.set(['powerDevices', index], wanted[0] as string)
    }
    const device = { ...(devices[index] as Settings) }
    for (const name of wanted) {
      device[KASA_KEYS[name]] = name === 'KASA_PASSWORD' ? { env: name } : variable(this.#env, name)
      this.#origins.set(['powerDevices', index, KASA_KEYS[name]], name)
    }
    devices[index] = device
    this.root.powerDevices = devices
    return nameOf(device, STRIP)
  }

  hosts(device: string | undefined): void {
    const text = variable(this.#env, 'HOSTS')
    if (text === undefined) return
    const read = readHostsVariable(text)
    for (const { message, value } of read.problems) this.#problem('HOSTS', message, value)
    const replaced = listOf(this.root.hosts).map((host) => nameOf(host, '?'))
    if (replaced.length > 0) {
      const sentence = `HOSTS replaces the hosts of the file (${replaced.join(', ')}) and all their settings.`
      this.#warnings.push({ code: 'hosts-replaced', sentence })
    }
    this.root.hosts = read.hosts.map(({ name, address, outlet }) => {
      return outlet === undefined
        ? { name, address }
        : { name, address, power: [{ device: device ?? STRIP, outlet: Number(outlet) }] }
    })
    this.#origins.set(['hosts'], 'HOSTS')
    const mapped = read.hosts.find((host) => host.outlet !== undefined)
    const severalTold = this.#problems.some((problem) => problem.path.startsWith('KASA_'))
    if (mapped !== undefined && device === undefined && !this.#alone && !severalTold) {
      const message = `${mapped.name} is on outlet ${mapped.outlet}, but the file does not have exactly one kasa device; set KASA_IP or give the hosts in the file`
      this.#problem('HOSTS', message)
      this.root.hosts = []
    }
    if (this.#alone && device === undefined)
      this.root.hosts = read.hosts.map(({ name, address }) => ({ name, address }))
  }

  stateDirectory(): void {
    // systemd gives a list where the unit names several; the first is ours.
    const directory = variable(this.#env, STATE_DIRECTORY_VARIABLE)?.split(':')[0]
    if (directory === undefined || directory === '' || (this.root.stateDirectory ?? null) !== null) return
    this.root.stateDirectory = directory
    this.#origins.set(['stateDirectory'], STATE_DIRECTORY_VARIABLE)
  }

  #problem(name: VariableName, message: string, value?: string): void {
    this.#problems.push({
      file: ENVIRONMENT,
      path: name,
      message,
      ...(value === undefined ? {} : { value: value.slice(0, 80) }),
    })
  }
}

/** The file is not validated yet: a name may be anything, and then the schema tells it. */
function nameOf(entry: unknown, otherwise: string): string {
  return isMap(entry) && typeof entry.name === 'string' ? entry.name : otherwise
}

type Refused = { readonly message: string }

function wholeOf(text: string): number | Refused {
  return /^\d{1,9}$/.test(text) ? Number(text) : { message: 'a whole number is expected' }
}

/** Seconds as a plain number, as the original deployment has them, or a duration. */
function durationOf(text: string): string | Refused {
  if (/^\d{1,9}$/.test(text)) return `${text}s`
  return parseDuration(text) === undefined ? { message: 'seconds (30) or a duration (30s, 10m) are expected' } : text
}

/** Whether a setting of the device is `{ env: NAME }`. */
function namesVariable(device: unknown, name: string): boolean {
  return isMap(device) && Object.values(device).some((value) => isMap(value) && value.env === name)
}
