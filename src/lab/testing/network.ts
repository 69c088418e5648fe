import { once } from 'node:events'
import { createServer } from 'node:net'

/** No server of a lab and no daemon listens there. */
const CLAIM = { host: 254, port: 8001 }

let next = process.pid
/**
 * A /24 of loopback that no other lab has, in this process or another: it stays claimed for as long as this one lives.
 * Below 127.128 is the network of a lab that was given none.
 */
export async function claimNetwork(): Promise<string> {
  for (;;) {
    next += 1
    const network = `127.${128 + (Math.floor(next / 256) % 127)}.${next % 256}`
    if (await hasClaimed(network)) return network
  }
}

async function hasClaimed(network: string): Promise<boolean> {
  const claim = createServer().unref().listen(CLAIM.port, `${network}.${CLAIM.host}`)
  try {
    await once(claim, 'listening')
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false
    throw error
  }
}

/** For a lab: any free ports on its addresses. */
export const FREE_PORTS = { https: 0, banner: 0, gateway: 0, klap: 0, legacy: 0, klapDiscovery: 0, upsd: 0 }
