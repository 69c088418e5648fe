import type { ProbeTarget } from '../src/ports/probe.ts'
import { type HttpsSettings, https } from '../src/probes/https.ts'
import { type IcmpSettings, icmp } from '../src/probes/icmp.ts'

/** Different loopback addresses, all of which answer. */
export function loopbackAddresses(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `127.${1 + (i >> 14)}.${(i >> 7) & 127}.${1 + (i & 127)}`)
}

export function icmpTargets(count: number): ProbeTarget<IcmpSettings>[] {
  const settings = icmp.schema.parse({})
  return loopbackAddresses(count).map((address, i) => ({ id: `h${i}/icmp`, address, settings }))
}

export function httpsTargets(count: number, port: number): ProbeTarget<HttpsSettings>[] {
  const settings = https.schema.parse({ port })
  return Array.from({ length: count }, (_, i) => ({ id: `h${i}/https:${port}`, address: '127.0.0.1', settings }))
}
