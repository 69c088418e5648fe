import { readFileSync } from 'node:fs'

/** The IPv4 address of the default gateway, from Linux's routing table; undefined where there is none. */
export function defaultGateway(table = readTable()): string | undefined {
  for (const line of table.split('\n').slice(1)) {
    const [, destination, gateway] = line.split('\t')
    if (destination === '00000000' && gateway !== undefined && gateway !== '00000000') return dotted(gateway)
  }
  return undefined
}

/** /proc/net/route writes addresses as hex, the lowest byte first. */
function dotted(hex: string): string {
  const bytes = hex.match(/../g) ?? []
  return bytes
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.')
}

function readTable(): string {
  try {
    return readFileSync('/proc/net/route', 'utf8')
  } catch {
    return ''
  }
}
