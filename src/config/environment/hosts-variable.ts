import { entryName, isNetworkAddress } from '../values.ts'

export type ListedHost = { readonly name: string; readonly address: string; readonly outlet?: string }

export type ReadHosts = { readonly hosts: readonly ListedHost[]; readonly problems: readonly HostsProblem[] }
export type HostsProblem = { readonly message: string; readonly value: string }

const ENTRY = /^(?<name>[^=\s]+)\s*=\s*(?:\[(?<bracketed>[^\]]*)\]|(?<bare>[^@\s]+))(?:@(?<outlet>.*))?$/

/**
 * `HOSTS`: `NAME=ADDRESS@OUTLET` with commas between, such as `pve1=192.168.1.105@0,nas=192.168.30.10`. Without an
 * outlet a host is only watched. An IPv6 address stands in brackets: `pve2=[fd00::2]@1`. All mistakes at once.
 */
export function readHostsVariable(text: string): ReadHosts {
  const hosts: ListedHost[] = []
  const problems: HostsProblem[] = []
  // A comma at the end is what generated lists leave behind.
  const entries = text.replace(/,\s*$/, '').split(',')
  for (const entry of entries.map((part) => part.trim())) {
    const read = readEntry(entry)
    if (typeof read === 'string') problems.push({ message: read, value: entry === '' ? '""' : entry })
    else hosts.push(read)
  }
  return { hosts, problems }
}

function readEntry(entry: string): ListedHost | string {
  const groups = ENTRY.exec(entry)?.groups
  if (groups === undefined) return 'NAME=ADDRESS@OUTLET is expected, with commas between the hosts'
  const { name = '', bracketed, bare, outlet } = groups
  if (!entryName().safeParse(name).success) return `${name} cannot be the name of a host`
  const address = bracketed ?? bare ?? ''
  if (bracketed === undefined && address.includes(':')) return 'an IPv6 address is written in brackets, without a port'
  if (!isNetworkAddress(address)) return 'a host name or an IP address is expected after ='
  if (outlet === undefined) return { name, address }
  if (!/^\d{1,5}$/.test(outlet)) return 'the number of an outlet is expected after @'
  return { name, address, outlet: String(Number(outlet)) }
}
