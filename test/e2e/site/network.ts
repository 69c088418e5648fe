/** Each lab has a /24 of loopback for itself; processes at once hardly meet, and those of one process never. */
let taken = 0
export function freshNetwork(): string {
  taken += 1
  return `127.${64 + (process.pid % 128)}.${taken % 256}`
}

/** For a lab: any free ports on its addresses. */
export const FREE_PORTS = { https: 0, banner: 0, gateway: 0, klap: 0, legacy: 0, klapDiscovery: 0 }
