import type { FedHost, StagePolicy } from '../core/ups/policy.ts'
import type { Finding } from './checks/finding.ts'
import { given } from './given.ts'
import { nearest } from './nearest.ts'
import type { ParsedFile } from './schema/configuration.ts'
import type { UpsConfiguration } from './ups.ts'

const SECONDARIES_AFTER_MS = 5 * 60_000
const LAST_AFTER_MS = 15 * 60_000

/** The UPSes of a validated file; undefined where there are none. */
export function resolveUps(parsed: ParsedFile): UpsConfiguration | undefined {
  const { ups } = parsed
  if (ups.units.length === 0) return undefined
  return {
    units: ups.units.map(({ name, server, port, upsName, login, tls }) => ({
      name,
      server,
      port,
      upsName,
      ...given({ username: login?.username, password: login?.password, tls }),
    })),
    pollMs: ups.poll,
    policy: {
      units: ups.units.map(({ name, deadAfter, nominalWatts }) => ({
        name,
        deadMs: deadAfter,
        ...given({ nominalWatts }),
      })),
      hosts: ups.hosts.map((entry) => fedHost(parsed, entry)),
      stages: ups.phases.length === 0 ? usualStages(parsed) : ups.phases.map(stageOf),
      debounceMs: ups.debounce,
      marginMs: ups.margin,
      guestDownMs: ups.guestDown,
      guestDeadlineMs: ups.guestDeadline,
      nodeDownMs: ups.nodeDown,
      nodeDeadlineMs: ups.nodeDeadline,
      haDeadlineMs: ups.haDeadline,
      stableMs: ups.stableFor,
      returnChargePercent: ups.returnCharge,
      firmwareWaitMs: ups.firmwareWait,
      bootPatienceMs: ups.bootPatience,
      outletHoldMs: ups.outletHold,
    },
  }
}

function stageOf({
  name,
  after,
  chargeBelow,
  runtimeBelow,
  shed,
  hosts,
}: ParsedFile['ups']['phases'][number]): StagePolicy {
  const times = given({ afterMs: after, chargeBelowPercent: chargeBelow, runtimeBelowMs: runtimeBelow })
  return { name, ...times, shedTags: shed, hosts }
}

/** Keep everything for five minutes; then the secondaries; and after fifteen what goes last. */
function usualStages({ ups }: ParsedFile): readonly StagePolicy[] {
  const names = ups.hosts.map(({ host }) => host)
  const last = ups.primary.length > 0 ? ups.primary : names.slice(0, 1)
  const secondaries = names.filter((name) => !last.includes(name))
  return [
    { name: 'secondaries', afterMs: SECONDARIES_AFTER_MS, shedTags: [], hosts: secondaries },
    { name: 'last', afterMs: LAST_AFTER_MS, shedTags: [], hosts: last },
  ].filter(({ hosts }) => hosts.length > 0)
}

/** What is not said follows from what the host has: an API, SSH, an outlet. */
function fedHost(parsed: ParsedFile, entry: ParsedFile['ups']['hosts'][number]): FedHost {
  const host = parsed.hosts.find(({ name }) => name === entry.host)
  const proxmox = parsed.proxmox.find(({ cluster }) => cluster === host?.cluster)
  const ways = [
    ...(proxmox === undefined ? [] : (['api'] as const)),
    ...(proxmox?.ssh === undefined ? [] : (['ssh'] as const)),
  ]
  const canWake = proxmox !== undefined || entry.mac !== undefined
  const starts = [
    'firmware' as const,
    ...(canWake ? (['wake'] as const) : []),
    ...((host?.power.length ?? 0) > 0 ? (['outlet'] as const) : []),
  ]
  return {
    host: entry.host,
    units: entry.units,
    onBatteryWhen: entry.onBatteryWhen,
    shutdownBy: entry.shutdownBy ?? ways,
    startBy: entry.startBy ?? starts,
    ...given({ mac: entry.mac }),
  }
}

/** Names that stand for nothing, hosts in two phases, phases out of order. */
export function strangeUps(parsed: ParsedFile): Finding[] {
  const { ups, hosts } = parsed
  const units = ups.units.map(({ name }) => name)
  const fed = ups.hosts.map(({ host }) => host)
  const known = hosts.map(({ name }) => name)
  return [
    ...repeated(units, 'units', 'name', (name) => `there are two UPSes called ${name}`),
    ...repeated(fed, 'hosts', 'host', (name) => `${name} is listed twice`),
    ...ups.hosts.flatMap(({ host, units: own }, index) => [
      ...unknown(host, known, 'host', ['ups', 'hosts', index, 'host']),
      ...own.flatMap((unit, at) => unknown(unit, units, 'UPS', ['ups', 'hosts', index, 'units', at])),
    ]),
    ...ups.primary.flatMap((host, index) => unknown(host, fed, 'host of a UPS', ['ups', 'primary', index])),
    ...phaseFindings(parsed, fed),
  ]
}

function phaseFindings({ ups }: ParsedFile, fed: readonly string[]): Finding[] {
  const findings: Finding[] = []
  const seen = new Map<string, string>()
  let lastMs = 0
  for (const [index, { name, hosts, after }] of ups.phases.entries()) {
    for (const [at, host] of hosts.entries()) {
      const path = ['ups', 'phases', index, 'hosts', at]
      findings.push(...unknown(host, fed, 'host of a UPS', path))
      const first = seen.get(host)
      if (first !== undefined) findings.push({ path, message: `${host} is in the phase ${first} already`, value: host })
      else seen.set(host, name)
    }
    if (after === undefined) continue
    const path = ['ups', 'phases', index, 'after']
    if (after < lastMs) findings.push({ path, message: `the phase ${name} would begin before the one above it` })
    lastMs = after
  }
  return findings
}

function unknown(name: string, known: readonly string[], what: string, path: Finding['path']): Finding[] {
  if (known.includes(name)) return []
  const suggestion = nearest(name, known)
  const all = known.length === 0 ? 'there is none' : `known: ${[...new Set(known)].join(', ')}`
  return [{ path, message: `there is no ${what} called ${name} (${all})`, value: name, ...given({ suggestion }) }]
}

function repeated(names: readonly string[], list: string, field: string, say: (name: string) => string): Finding[] {
  return names.flatMap((name, index): Finding[] => {
    const first = names.indexOf(name)
    if (first === index) return []
    const place = (at: number) => ['ups', list, at, field]
    return [{ path: place(index), first: place(first), message: say(name), value: name }]
  })
}
