import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestContext } from 'vitest'
import { stringify } from 'yaml'
import { ChannelServer } from '../../../src/lab/servers/channels/channel-server.ts'
import { WebhookManners } from '../../../src/lab/servers/channels/webhook.ts'
import { claimNetwork } from '../../../src/lab/testing/network.ts'
import { type Answer, type DaemonOptions, DaemonProcess, PATIENCE_MS } from './daemon-process.ts'
import { until } from './until.ts'

export const TOKEN = 'hook-token-of-the-test'

/** An alert as it stands in a message that arrived. */
export type Arrived = {
  readonly status: string
  readonly labels: Readonly<Record<string, string>>
  readonly fingerprint: string
}
export type Arrival = {
  readonly key: string
  readonly kind: string
  readonly status: string
  readonly title: string
  readonly text: string
  readonly late?: string
  readonly alerts: readonly Arrived[]
}

/** A watchdog without hosts: hooks, one channel that is a receiver of ours, and what else a test configures. */
export class AlertSite {
  readonly directory: string
  readonly stateDirectory: string
  readonly configurationFile: string
  readonly address: string
  readonly sink: ChannelServer
  readonly manners: WebhookManners
  readonly #daemons: DaemonProcess[] = []
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 })

  private constructor(directory: string, network: string, sink: ChannelServer, manners: WebhookManners) {
    this.directory = directory
    this.stateDirectory = join(directory, 'state')
    this.configurationFile = join(directory, 'proxmox-watchdog.yaml')
    this.address = `${network}.2`
    this.sink = sink
    this.manners = manners
  }

  static async open(more: object = {}): Promise<AlertSite> {
    const manners = new WebhookManners()
    const sink = await ChannelServer.open(manners)
    const site = new AlertSite(mkdtempSync(join(tmpdir(), 'watchdog-alerts-')), await claimNetwork(), sink, manners)
    mkdirSync(site.stateDirectory)
    site.configure(more)
    return site
  }

  get url(): string {
    return `http://${this.address}:8000`
  }

  get webhook(): string {
    return `${this.sink.url}/hook`
  }

  /** Writes a secret beside the configuration and answers how to refer to it. */
  secret(name: string, value: string): { readonly file: string } {
    const file = join(this.directory, name)
    writeFileSync(file, `${value}\n`, { mode: 0o600 })
    return { file }
  }

  configure(more: object): void {
    const configuration = {
      stateDirectory: this.stateDirectory,
      http: { listen: this.address, port: 8000 },
      hooks: { token: this.secret('hook-token', TOKEN) },
      channels: [{ name: 'sink', type: 'webhook', url: this.webhook, rate: { burst: 1000, every: '1ms' } }],
      alerts: { groupWait: '50ms', drill: { every: '0s' } },
      ...more,
    }
    writeFileSync(this.configurationFile, stringify(configuration))
  }

  async start(options: DaemonOptions = {}): Promise<DaemonProcess> {
    const daemon = DaemonProcess.start(this, options)
    this.#daemons.push(daemon)
    await this.ready(daemon)
    return daemon
  }

  /** Kills what runs, waits until everybody has noticed, and starts it again. */
  async restart(noticed: () => Promise<unknown> = () => sleep(3_000)): Promise<DaemonProcess> {
    for (const daemon of this.#daemons) await daemon.kill()
    await noticed()
    return this.start()
  }

  async ready(daemon: DaemonProcess): Promise<void> {
    const answers = async () => {
      if (!daemon.running) throw new Error(`the daemon has ended\n${daemon.output}`)
      return (await daemon.get('/api/v1/health')).status === 200
    }
    if (!(await until(() => answers().catch((error: NodeJS.ErrnoException) => refused(error)), PATIENCE_MS))) {
      throw new Error(`the daemon does not answer\n${daemon.output}`)
    }
  }

  post(path: string, body: unknown, token = TOKEN): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
        authorization: `Bearer ${token}`,
      }
      const options = { host: this.address, port: 8000, path, method: 'POST', headers, agent: this.#agent }
      const call = request(options, (answer) => {
        let got = ''
        answer.setEncoding('utf8').on('data', (chunk: string) => (got += chunk))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: got }))
        answer.on('error', reject)
      })
      call.setTimeout(20_000, () => call.destroy(new Error('no answer in 20 s')))
      call.on('error', reject)
      call.end(text)
    })
  }

  /** What arrived, in its order, each message once. */
  arrivals(): Arrival[] {
    return [...this.manners.deliveries.values()].map(({ payload }) => payload as unknown as Arrival)
  }

  async arrives(isIt: (arrival: Arrival) => boolean, what: string, withinMs = PATIENCE_MS): Promise<Arrival> {
    if (await until(() => this.arrivals().some(isIt), withinMs)) return this.arrivals().find(isIt) as Arrival
    throw new Error(`${what} did not arrive; there are ${JSON.stringify(this.arrivals().map(({ title }) => title))}`)
  }

  async close(): Promise<void> {
    this.#agent.destroy()
    for (const daemon of this.#daemons) await daemon.kill()
    await this.sink.stop()
    rmSync(this.directory, { recursive: true, force: true })
  }
}

function refused(error: NodeJS.ErrnoException): boolean {
  if (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET') return false
  throw error
}

/** A site that is gone with its test. */
export async function openAlertSite({ onTestFinished }: TestContext, more?: object): Promise<AlertSite> {
  const site = await AlertSite.open(more)
  onTestFinished(() => site.close())
  return site
}

/** A payload of Alertmanager, version 4. */
export function fromAlertmanager(alerts: readonly object[], status = 'firing'): object {
  return {
    version: '4',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
    status,
    receiver: 'watchdog',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example',
    alerts,
  }
}

export function firing(name: string, labels: Readonly<Record<string, string>> = {}, startsAt = '2026-03-01T02:10:00Z') {
  return {
    status: 'firing',
    labels: { alertname: name, severity: 'critical', ...labels },
    annotations: { summary: `${name} fires` },
    startsAt,
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: '',
  }
}
