import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { KnownHost } from './settings.ts'

/** All addresses of a name; empty where it has none. Never rejects. */
export type Lookup = (name: string) => Promise<readonly string[]>

export const systemLookup: Lookup = async (name) => {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address)
  } catch {
    return []
  }
}

/** Which host an address belongs to. A name that does not resolve for now keeps what it resolved to before. */
export class Senders {
  readonly #lookup: Lookup
  #hosts: readonly KnownHost[]
  #resolved = new Map<string, readonly string[]>()
  #byAddress = new Map<string, string>()

  constructor(hosts: readonly KnownHost[], lookUp: Lookup) {
    this.#hosts = hosts
    this.#lookup = lookUp
    this.#index()
  }

  hostOf(address: string): string | undefined {
    return this.#byAddress.get(plain(address))
  }

  use(hosts: readonly KnownHost[]): void {
    this.#hosts = hosts
    this.#index()
  }

  /** Asks for the addresses of all names anew. */
  async resolve(): Promise<void> {
    const names = [...new Set(this.#hosts.map(({ address }) => address).filter((address) => isIP(address) === 0))]
    const found = await Promise.all(names.map(async (name) => [name, await this.#lookup(name)] as const))
    this.#resolved = new Map(
      found.map(([name, addresses]) => [name, addresses.length > 0 ? addresses : (this.#resolved.get(name) ?? [])]),
    )
    this.#index()
  }

  #index(): void {
    this.#byAddress = new Map()
    for (const { name, address } of this.#hosts) {
      const addresses = isIP(address) === 0 ? (this.#resolved.get(address) ?? []) : [address]
      for (const each of addresses) {
        if (!this.#byAddress.has(plain(each))) this.#byAddress.set(plain(each), name)
      }
    }
  }
}

/** IPv4 as a socket for both sees it, and link-local addresses with their interface. */
function plain(address: string): string {
  return address
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.)/, '')
    .replace(/%.*$/, '')
}
