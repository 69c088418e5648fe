import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/**
 * Whether `address` is one of this machine's own. Loopback is nobody's in particular (the lab's hosts live there), and
 * names are not looked up: the answer may not depend on a name server.
 */
export function isOwnAddress(address: string, ownAddresses: readonly string[]): boolean {
  const family = isIP(address)
  if (family === 0 || loopback.check(address, family === 6 ? 'ipv6' : 'ipv4')) return false
  const own = new BlockList()
  for (const candidate of ownAddresses) {
    const bare = candidate.replace(/%.*$/, '')
    const kind = isIP(bare)
    if (kind !== 0) own.addAddress(bare, kind === 6 ? 'ipv6' : 'ipv4')
  }
  return own.check(address.replace(/%.*$/, ''), family === 6 ? 'ipv6' : 'ipv4')
}
