import { type Strip, stripReachable } from '../../world/index.ts'
import { Listener } from '../listener.ts'
import { Device, type Site } from './device.ts'
import { type Discovery, openDiscovery } from './discovery.ts'
import type { Mishap, StripFaults } from './faults.ts'
import type { Credentials, KlapVersion } from './klap-cipher.ts'
import { createKlapServer } from './klap-server.ts'
import { KlapSessions } from './klap-sessions.ts'
import type { Query, Violation } from './violations.ts'
import { serveXor } from './xor-server.ts'

export type Transport = KlapVersion | 'legacy-xor'

export type StripPorts = { readonly klap: number; readonly legacy: number; readonly klapDiscovery: number }

export type StripOptions = {
  readonly address: string
  readonly ports: StripPorts
  readonly transport: Transport
  readonly credentials: Credentials
}

/** A six-outlet strip on real sockets that forgives nothing and can be told to misbehave. */
export class StripServer {
  readonly name: string
  readonly address: string
  readonly #strip: Strip
  readonly #device: Device
  readonly #sessions: KlapSessions
  readonly #home: KlapVersion
  #transport: Transport
  #credentials: Credentials
  #seenBoots: number
  #seenIdentity: string
  #klap!: Listener
  #legacy!: Listener
  #discovery!: Discovery

  private constructor(strip: Strip, site: Site, options: StripOptions) {
    this.name = strip.name
    this.address = options.address
    this.#strip = strip
    this.#device = new Device(strip, site)
    this.#sessions = new KlapSessions(site.realMs, site.randomBytes)
    this.#transport = options.transport
    this.#home = options.transport === 'legacy-xor' ? 'klap-v2' : options.transport
    this.#credentials = options.credentials
    this.#seenBoots = strip.boots
    this.#seenIdentity = strip.deviceId
  }

  static async open(strip: Strip, site: Site, options: StripOptions): Promise<StripServer> {
    const server = new StripServer(strip, site, options)
    try {
      await server.#listen(options.ports)
    } catch (error) {
      await server.stop()
      throw error
    }
    return server
  }

  get ports(): StripPorts {
    return { klap: this.#klap.port, legacy: this.#legacy.port, klapDiscovery: this.#discovery.klapPort }
  }

  get transport(): Transport {
    return this.#transport
  }

  get faults(): Readonly<StripFaults> {
    return this.#device.faults
  }

  /** Lasting faults, changed one by one. */
  set(faults: Partial<StripFaults>): void {
    Object.assign(this.#device.faults, faults)
  }

  /** What befalls the next requests, in the order planned. */
  plan(mishap: Mishap): void {
    this.#device.plan(mishap)
  }

  clearMishaps(): void {
    this.#device.clearMishaps()
  }

  /** Every session is gone, as when the phone app logs in: the next request gets 403. */
  expireSessions(): void {
    this.#sessions.clear()
  }

  setCredentials(credentials: Credentials): void {
    this.#credentials = credentials
    this.#sessions.clear()
  }

  /** The other transport's port closes; sessions are gone. Resolves when the sockets follow. */
  async setTransport(transport: Transport): Promise<void> {
    this.#transport = transport
    this.#sessions.clear()
    await this.follow()
  }

  violations(): readonly Violation[] {
    return this.#device.violations.all()
  }

  /** The last requests that it understood. */
  queries(): readonly Query[] {
    return this.#device.queries.all()
  }

  /** When the last exchanges began, handshakes too, on the lab's real clock in milliseconds. */
  contacts(): readonly number[] {
    return this.#device.contacts.all()
  }

  /** Lets the sockets follow the world. Resolves when they do. */
  async follow(): Promise<void> {
    if (this.#strip.boots !== this.#seenBoots) {
      // Power-cycling the strip closes the legacy port that the account's switch had opened.
      this.#seenBoots = this.#strip.boots
      if (this.#transport === 'legacy-xor') this.#transport = this.#home
      this.#sessions.clear()
    }
    if (this.#strip.deviceId !== this.#seenIdentity) {
      this.#seenIdentity = this.#strip.deviceId
      this.#sessions.clear()
    }
    const reachable = this.#reachable()
    const legacy = this.#transport === 'legacy-xor'
    await Promise.all([
      this.#klap.set(reachable ? (legacy ? 'closed' : 'answering') : 'silent'),
      this.#legacy.set(reachable ? (legacy ? 'answering' : 'closed') : 'silent'),
    ])
  }

  async stop(): Promise<void> {
    // Some of them are missing where opening failed half way.
    await Promise.all([this.#klap?.stop(), this.#legacy?.stop(), this.#discovery?.stop()])
  }

  #reachable(): boolean {
    return stripReachable(this.#device.site.world, this.#strip)
  }

  async #listen(ports: StripPorts): Promise<void> {
    const http = createKlapServer({
      device: this.#device,
      sessions: this.#sessions,
      answers: () => this.#klap.answers(),
      rules: () => ({
        version: this.#transport === 'legacy-xor' ? this.#home : this.#transport,
        credentials: this.#credentials,
        timeoutSeconds: this.#device.faults.sessionTimeoutSeconds,
        throttleMs: this.#device.faults.throttledHandshakeMs,
      }),
    })
    this.#klap = await Listener.open(this.address, ports.klap, (socket) => http.emit('connection', socket))
    this.#legacy = await Listener.open(this.address, ports.legacy, (socket) =>
      serveXor(this.#device, socket, () => this.#legacy.answers()),
    )
    this.#discovery = await openDiscovery(
      {
        device: this.#device,
        address: this.address,
        speaks: () =>
          this.#reachable() ? { legacy: this.#transport === 'legacy-xor', httpPort: this.#klap.port } : undefined,
      },
      { legacy: this.#legacy.port, klap: ports.klapDiscovery },
    )
    await this.follow()
  }
}
