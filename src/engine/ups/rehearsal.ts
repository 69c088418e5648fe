import { list, spell } from '../../core/phrase.ts'
import type { State } from '../../core/state/types.ts'
import { needOf, runningOn } from '../../core/ups/need.ts'
import { type PlanRisk, planRisks } from '../../core/ups/plan-risks.ts'
import type { FedHost, UpsPolicy } from '../../core/ups/policy.ts'
import type { PowerSite } from '../../core/ups/site.ts'
import { isHeard, unitOf } from '../../core/ups/supply.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterWatch } from '../../ports/cluster.ts'
import type { NodeShell } from '../../ports/node-shell.ts'
import type { UpsWatch } from '../../ports/ups.ts'
import type { RehearsedPart } from '../../ports/ups-desk.ts'

export type RehearsalParts = {
  readonly clock: Clock
  readonly state: () => State
  readonly ups: () => UpsWatch | undefined
  readonly watches: () => readonly ClusterWatch[]
  readonly shells: () => readonly NodeShell[]
  /** Reads the cluster and its privileges anew, and shows both to the core. */
  readonly refresh: (watch: ClusterWatch) => Promise<void>
}

/**
 * Goes through the plan for power failures on the real UPSes, APIs, shells and devices, asking of each whether it could
 * be done, and doing nothing.
 */
export async function rehearse(parts: RehearsalParts): Promise<readonly RehearsedPart[]> {
  const { ups: policy } = parts.state().policy
  if (policy === undefined) return []
  await Promise.all(parts.watches().map((watch) => parts.refresh(watch)))
  const units = policy.units.flatMap(({ name }) => unitParts(parts, policy, name))
  const clusters = parts.watches().flatMap((watch) => clusterParts(parts.state(), policy, watch))
  const risks = planRisks(parts.state(), policy)
  const hosts = await Promise.all(policy.hosts.map((fed) => hostParts(parts, policy, fed, risks)))
  return [...units, ...clusters, ...hosts.flat()]
}

function unitParts({ state, clock, ups }: RehearsalParts, policy: UpsPolicy, name: string): RehearsedPart[] {
  const unit = unitOf(policy, name)
  const known = state().upsNow[name]
  const parts: RehearsedPart[] = []
  if (unit === undefined || !isHeard(state(), unit, clock.now())) {
    parts.push(failed(name, known?.reading.sentence ?? 'It has not been heard yet.'))
  } else {
    const { status = [], chargePercent, runtimeMs } = known?.heard ?? {}
    const left = [
      ...(chargePercent === undefined ? [] : [`${Math.round(chargePercent)} % charge`]),
      ...(runtimeMs === undefined ? [] : [`${spell(runtimeMs)} left by its own reckoning`]),
    ]
    parts.push(ok(name, `It is heard: ${[status.join(' '), ...left].join(', ')}.`))
    if (runtimeMs === undefined) {
      parts.push(hint(name, 'It tells no runtime: phases begin by time and charge, and no budget is kept.'))
    }
  }
  const logins = Object.entries(ups()?.logins(name) ?? {})
  const refused = logins.find(([, { refused }]) => refused !== undefined)?.[1].refused
  const held = logins.filter(([, login]) => login.held).map(([host]) => host)
  if (refused !== undefined) parts.push(failed(name, refused))
  else if (logins.length === 0) {
    parts.push(hint(name, 'No login is configured: its primary waits for nobody before it cuts the power.'))
  } else if (held.length < logins.length) parts.push(failed(name, 'Its upsd holds no LOGIN of ours now.'))
  else parts.push(ok(name, `Its primary waits for ${list(held)} before it cuts the power.`))
  return parts
}

function clusterParts(state: State, policy: UpsPolicy, watch: ClusterWatch): RehearsedPart[] {
  const { cluster } = watch
  const site = state.powerSites[cluster]
  const fed = policy.hosts.filter(({ host }) => site?.nodes.some((node) => node.host === host))
  if (site === undefined || !site.trusted) {
    return [failed(cluster, 'No fresh view with quorum tells what runs there.')]
  }
  const guests = fed.flatMap(({ host }) => runningOn(state, host))
  const locked = guests.filter(({ guest }) => guest.locked).map(({ guest }) => `${guest.name} (${guest.guest})`)
  return [
    ok(cluster, `Its view has quorum; ${guests.length} guests run on what a UPS feeds.`),
    ...(locked.length === 0 ? [] : [hint(cluster, `${list(locked)} cannot be shut down while locked.`)]),
    ...accessParts(site),
    ...haParts(site),
  ]
}

function accessParts({ cluster, lacks }: PowerSite): RehearsedPart[] {
  if (lacks === undefined) return [failed(cluster, 'What our token may do could not be read.')]
  if (lacks.length === 0) return [ok(cluster, 'Our token may shut down guests and nodes.')]
  return lacks.map(({ for: what, sentence }) => (what === 'ceph' ? hint : failed)(cluster, `For ${what}: ${sentence}.`))
}

function haParts({ cluster, ha }: PowerSite): RehearsedPart[] {
  if (ha.quiet) return [ok(cluster, 'HA manages nothing: no node fences itself.')]
  const managed = list(ha.services.map(({ sid }) => sid))
  if (ha.way === 'none') return [hint(cluster, `HA of ${managed} stays armed: ${ha.why ?? 'there is no way'}.`)]
  const how = ha.way === 'disarm' ? 'is disarmed' : 'is set to ignored'
  return [ok(cluster, `HA (${managed}) ${how} before the first node goes, and armed again in the end.`)]
}

async function hostParts(
  parts: RehearsalParts,
  policy: UpsPolicy,
  fed: FedHost,
  risks: readonly PlanRisk[],
): Promise<RehearsedPart[]> {
  const state = parts.state()
  const { host } = fed
  const { guests, guestsMs, nodeMs, learned } = needOf(state, policy, fed)
  const measured = learned ? 'as was measured' : 'as is configured: it was not measured yet'
  const own = risks.filter(({ subject }) => subject === host)
  return [
    ...(await Promise.all(fed.shutdownBy.map((way) => wayDown(parts, host, way)))),
    ...fed.startBy.flatMap((way) => wayUp(state, fed, way)),
    ok(host, `${guests} guests take ${spell(guestsMs)} and the node ${spell(nodeMs)}, ${measured}.`),
    ...own.map(({ grave, sentence }) => (grave ? failed : hint)(host, sentence)),
  ]
}

async function wayDown(parts: RehearsalParts, host: string, way: 'api' | 'ssh'): Promise<RehearsedPart> {
  const site = Object.values(parts.state().powerSites).find(({ nodes }) => nodes.some((node) => node.host === host))
  const node = site?.nodes.find((each) => each.host === host)
  if (site === undefined || node === undefined) return failed(host, 'It is a node of no Proxmox cluster that is known.')
  if (way === 'ssh') {
    const shell = parts.shells().find((each) => each.cluster === site.cluster && each.reaches(node.node))
    if (shell === undefined) return failed(host, 'SSH to it is not configured.')
    const looked = await shell.look(node.node)
    return looked.ok ? ok(host, 'SSH reaches it.') : failed(host, `SSH: ${looked.sentence}`)
  }
  const watch = parts.watches().find(({ cluster }) => cluster === site.cluster)
  const own = watch?.endpoints().find((endpoint) => endpoint.node === node.node)
  if (!node.online) return failed(host, 'It is no member of its cluster now.')
  if (own === undefined) return hint(host, 'It has no endpoint of its own: its peers pass the order on.')
  return own.ok ? ok(host, 'Its API answers.') : failed(host, own.lastError?.sentence ?? 'Its API does not answer.')
}

function wayUp(state: State, { host, mac }: FedHost, way: FedHost['startBy'][number]): RehearsedPart[] {
  if (way === 'firmware') return []
  if (way === 'wake') {
    const by = mac === undefined ? 'a living node of its cluster' : `a living node of its cluster, and by us (${mac})`
    return [ok(host, `It is woken by ${by}; whether it hears that only a shutdown shows.`)]
  }
  const refs = state.policy.hosts.find(({ name }) => name === host)?.levels[0] ?? []
  return refs.map(({ device, outlet }) => {
    const known = state.devicesNow[device]
    if (known?.reachable !== true) return failed(host, `Its power device ${device} does not answer.`)
    return ok(host, `Outlet ${outlet} of ${device} is ${known.readings[outlet]?.state ?? 'there'}, to start it by.`)
  })
}

function ok(about: string, sentence: string): RehearsedPart {
  return { about, result: 'ok', sentence }
}

function hint(about: string, sentence: string): RehearsedPart {
  return { about, result: 'hint', sentence }
}

function failed(about: string, sentence: string): RehearsedPart {
  return { about, result: 'failed', sentence }
}
