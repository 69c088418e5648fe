import { networkInterfaces } from 'node:os'
import { broadcastDiscover, type FoundKasa } from '../power-devices/kasa/broadcast.ts'

export type NetworkFound = { readonly devices: readonly FoundKasa[]; readonly troubles: readonly string[] }

/** Asks every IPv4 network of this machine at once. One that cannot be asked does not keep the others from it. */
export async function discoverNetwork(waitMs: number): Promise<NetworkFound> {
  const outcomes = await Promise.all(
    broadcastAddresses().map(({ bindAddress, broadcastAddress }) =>
      broadcastDiscover({ bindAddress, broadcastAddress, waitMs }),
    ),
  )
  const devices = new Map<string, FoundKasa>()
  for (const outcome of outcomes) {
    for (const device of outcome.ok ? outcome.value : []) devices.set(device.address, device)
  }
  return {
    devices: [...devices.values()].sort((one, other) =>
      one.address.localeCompare(other.address, 'en', { numeric: true }),
    ),
    troubles: outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error.sentence])),
  }
}

function broadcastAddresses(): { bindAddress: string; broadcastAddress: string }[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address, netmask }) => ({ bindAddress: address, broadcastAddress: broadcastOf(address, netmask) })),
  )
}

export function broadcastOf(address: string, netmask: string): string {
  const mask = netmask.split('.').map(Number)
  return address
    .split('.')
    .map((part, index) => Number(part) | (~(mask[index] ?? 255) & 255))
    .join('.')
}
