import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'vitest'
import { stringify } from 'yaml'
import { LAB_CREDENTIALS, type Lab, type LabOptions, startLab } from '../../../src/lab/servers/index.ts'
import { claimNetwork, FREE_PORTS } from '../../../src/lab/testing/network.ts'
import type { WorldSpec } from '../../../src/lab/world/index.ts'
import { type DaemonOptions, DaemonProcess } from './daemon-process.ts'

/** Three hosts on one strip, quick to boot; outlet 3 feeds nothing. Times are real ones. */
export function smallLab(): WorldSpec {
  const host = (name: string, outlet: number) => ({
    name,
    supplies: [{ strip: 'strip', outlet }],
    bootMs: 300,
    kernelMs: 200,
  })
  return {
    strips: [{ name: 'strip', deviceId: '8006A1B2C3D4E5F60718293A4B5C6D7E8F901234', outletCount: 4, rebootMs: 1_000 }],
    hosts: [host('pve1', 0), host('pve2', 1), host('pve3', 2)],
  }
}

/** Short, since everything is on loopback; a probe has to end within an interval. */
const PROBE_TIMEOUT = '250ms'
/** After an OFF an ON is believed only once the slowest command is over, which this makes some 9 s. */
const STRIP_TIMEOUT = '250ms'

type Section = Record<string, unknown>
export type Configuration = Record<string, unknown> & {
  readonly hosts: Section[]
  readonly powerDevices: Section[]
  readonly recovery: Section
}

/** A lab on real sockets with a directory for a daemon beside it. */
export class LabSite {
  readonly lab: Lab
  readonly directory: string
  readonly stateDirectory: string
  readonly configurationFile: string
  readonly passwordFile: string
  /** Where the daemon serves HTTP. */
  readonly address: string
  readonly #daemons: DaemonProcess[] = []

  private constructor(lab: Lab, network: string, directory: string) {
    this.lab = lab
    this.directory = directory
    this.address = `${network}.2`
    this.stateDirectory = join(directory, 'state')
    this.configurationFile = join(directory, 'proxmox-watchdog.yaml')
    this.passwordFile = join(directory, 'strip-password')
  }

  static async open(options: Partial<LabOptions> = {}): Promise<LabSite> {
    const network = await claimNetwork()
    const lab = await startLab({ spec: smallLab(), ports: FREE_PORTS, network, ...options })
    const site = new LabSite(lab, network, mkdtempSync(join(tmpdir(), 'watchdog-e2e-')))
    mkdirSync(site.stateDirectory)
    writeFileSync(site.passwordFile, `${(options.credentials ?? LAB_CREDENTIALS).password}\n`, { mode: 0o600 })
    site.configure()
    return site
  }

  /** What a daemon needs to watch this lab, in short real times. */
  configuration(): Configuration {
    const { hosts, strips, gateway } = this.lab.state()
    return {
      mode: 'act',
      stateDirectory: this.stateDirectory,
      http: { listen: this.address, port: 8000 },
      rounds: { interval: '500ms', failureThreshold: 2 },
      recovery: { offHold: '1500ms', bootGrace: '5s', startupGrace: '1s', cycleSpacing: '0s' },
      deviceCheck: '1s',
      references: [
        {
          name: 'gateway',
          address: gateway.address,
          probes: [{ tcp: { port: gateway.port, timeout: PROBE_TIMEOUT } }],
        },
      ],
      powerDevices: strips.map(({ name, address, ports }) => ({
        name,
        driver: 'kasa',
        address,
        port: ports.klap,
        legacyPort: ports.legacy,
        username: LAB_CREDENTIALS.username,
        password: { file: this.passwordFile },
        timeout: STRIP_TIMEOUT,
      })),
      hosts: hosts.map(({ name, address, cluster, supplies, bannerPort, httpsPort }) => ({
        name,
        address,
        cluster,
        probes: [
          { tcp: { port: bannerPort, banner: 'SSH-2.0-', timeout: PROBE_TIMEOUT } },
          { https: { port: httpsPort, timeout: PROBE_TIMEOUT } },
        ],
        power: supplies.map((supply) => ({ device: supply.split('/')[0], outlet: Number(supply.split('/')[1]) })),
      })),
    }
  }

  /** Writes the configuration file, with `change` done to it. */
  configure(change: (configuration: Configuration) => object = (configuration) => configuration): void {
    writeFileSync(this.configurationFile, stringify(change(this.configuration())))
  }

  start(options: DaemonOptions = {}): DaemonProcess {
    const daemon = DaemonProcess.start(this, options)
    this.#daemons.push(daemon)
    return daemon
  }

  /** A daemon that sees every host up and may act. */
  async startWatching(options: DaemonOptions = {}): Promise<DaemonProcess> {
    const daemon = this.start(options)
    await daemon.sees(() => true, 'its first round')
    await daemon.sees(({ hosts }) => hosts.every(({ verdict }) => verdict === 'up'), 'every host up')
    await daemon.sees(({ devices }) => devices.every(({ reachable }) => reachable === true), 'the strip')
    return daemon
  }

  outlet(number: number) {
    return this.lab.state().strips[0]?.outlets[number]
  }

  /** The marks of outlets that are owed an ON. */
  marks(): string[] {
    const folder = join(this.stateDirectory, 'breadcrumbs')
    return existsSync(folder) ? readdirSync(folder) : []
  }

  async close(): Promise<void> {
    for (const daemon of this.#daemons) await daemon.kill()
    await this.lab.stop()
    rmSync(this.directory, { recursive: true, force: true })
  }
}

/** A site that is gone with its test. */
export async function openSite({ onTestFinished }: TestContext, options?: Partial<LabOptions>): Promise<LabSite> {
  const site = await LabSite.open(options)
  onTestFinished(() => site.close())
  return site
}
