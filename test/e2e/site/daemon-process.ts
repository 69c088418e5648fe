import { type ChildProcess, spawn } from 'node:child_process'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Event } from '../../../src/api/events.ts'
import type { Status } from '../../../src/api/status.ts'
import { until } from './until.ts'

const PROGRAM = fileURLToPath(new URL('../../../bin/proxmox-watchdog', import.meta.url))
/** Far longer than any one step here takes, on the slowest machine. */
export const PATIENCE_MS = 60_000
/** For a test of many such steps. */
export const SLOWEST_MS = 240_000

export type DaemonOptions = {
  readonly env?: NodeJS.ProcessEnv
  /** What is run instead of the program itself; gets the program's command line as its last arguments. */
  readonly wrapper?: readonly string[]
  /** It runs in a mount namespace of its own: its files are reached through it. */
  readonly ownMounts?: boolean
  /** Instead of `run` with the site's configuration. */
  readonly arguments?: readonly string[]
}

export type Answer = { readonly status: number; readonly text: string }
export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

type Place = { readonly address: string; readonly stateDirectory: string; readonly configurationFile: string }

/** Those that would outlive a test run that is cut short. */
const alive = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})

/** The real program as a real process: `proxmox-watchdog run`. */
export class DaemonProcess {
  readonly exited: Promise<Exit>
  /** As it is seen from here. */
  readonly stateDirectory: string
  readonly #place: Place
  readonly #child: ChildProcess
  #ended: Exit | undefined
  #stdout = ''
  #stderr = ''

  static start(place: Place, options: DaemonOptions = {}): DaemonProcess {
    const { env = {}, wrapper = [], ownMounts = false } = options
    const given = options.arguments ?? ['run', '--config', place.configurationFile]
    const line = [...wrapper, PROGRAM, ...given]
    const child = spawn(line[0] as string, line.slice(1), {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return new DaemonProcess(place, child, ownMounts ? `/proc/${child.pid}/root` : '')
  }

  private constructor(place: Place, child: ChildProcess, root: string) {
    this.#place = place
    this.stateDirectory = `${root}${place.stateDirectory}`
    this.#child = child
    alive.add(child)
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        alive.delete(child)
        this.#ended = { code, signal }
        resolve(this.#ended)
      })
    })
  }

  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr
  }

  get running(): boolean {
    return this.#ended === undefined
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.#child.kill(signal)
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.exited
  }

  /** Everything that it has said. */
  get output(): string {
    return this.#stdout + this.#stderr
  }

  async stop(): Promise<Exit> {
    this.signal('SIGTERM')
    return this.exited
  }

  /** Over TCP, as anybody may. */
  get(path: string): Promise<Answer> {
    return call({ host: this.#place.address, port: 8000, path })
  }

  /** Over the socket, as the command line does. */
  ask(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
    return call({ socketPath: join(this.stateDirectory, 'control.sock'), method, path }, body)
  }

  async order(order: object): Promise<{ readonly ok: boolean; readonly code: string; readonly sentence: string }> {
    return JSON.parse((await this.ask('POST', '/api/v1/orders', order)).text)
  }

  async status(): Promise<Status> {
    return JSON.parse((await this.ask('GET', '/api/v1/status')).text)
  }

  async events(query = 'limit=1000'): Promise<Event[]> {
    const { events } = JSON.parse((await this.ask('GET', `/api/v1/events?${query}`)).text) as { events: Event[] }
    return events
  }

  async codes(): Promise<string[]> {
    return (await this.events()).map(({ code }) => code)
  }

  /** Waits until a status is so. One that cannot be had yet counts as not so. */
  async sees(isSo: (status: Status) => boolean, what: string, withinMs = PATIENCE_MS): Promise<Status> {
    let last: Status | undefined
    await this.#until(
      async () => {
        last = await this.status()
        return isSo(last)
      },
      what,
      withinMs,
    )
    return last as Status
  }

  /** Waits until something was told, and answers the newest such event. */
  async tells(code: string, isSo: (event: Event) => boolean = () => true, withinMs = PATIENCE_MS): Promise<Event> {
    let found: Event | undefined
    await this.#until(
      async () => {
        found = (await this.events(`limit=1000&code=${code}`)).findLast(isSo)
        return found !== undefined
      },
      `the event ${code}`,
      withinMs,
    )
    return found as Event
  }

  /** Waits until something was told so many times. */
  async tellsTimes(code: string, times: number): Promise<void> {
    const isSo = async () => (await this.codes()).filter((told) => told === code).length >= times
    await this.#until(isSo, `${times} events ${code}`, PATIENCE_MS)
  }

  /** Waits until something stands in its log: also what cannot be stored. */
  async logs(text: string | RegExp, withinMs = PATIENCE_MS): Promise<void> {
    const isSo = () => (typeof text === 'string' ? this.#stdout.includes(text) : text.test(this.#stdout))
    await this.#until(async () => isSo(), `the log line ${text}`, withinMs)
  }

  async #until(isSo: () => Promise<boolean>, what: string, withinMs: number): Promise<void> {
    const come = await until(async () => !this.running || (await isSo().catch(() => false)), withinMs)
    if (this.running && come) return
    const end = this.running ? '' : ` (it has ended with ${JSON.stringify(this.#ended)})`
    throw new Error(`the daemon did not come to ${what}${end}\n${this.#stdout.slice(-6000)}\n${this.#stderr}`)
  }
}

type Where = { path: string; method?: string } & ({ host: string; port: number } | { socketPath: string })

function call(where: Where, body?: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const asked = request({ agent: false, headers, ...where }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
      answer.on('error', reject)
    })
    asked.setTimeout(5_000, () => asked.destroy(new Error('no answer in 5 s')))
    asked.on('error', reject)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
