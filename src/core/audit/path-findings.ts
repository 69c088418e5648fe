import { list } from '../phrase.ts'
import { finding } from './finding.ts'
import type { AuditedCluster, AuditInput, Finding, OwnPath, Relied } from './types.ts'

type Place = { readonly cluster: string; readonly words: string; readonly node: string }

/** Single points of failure between a dead host and a person. */
export function pathFindings({ clusters, path }: AuditInput): readonly Finding[] {
  const places = new Map(clusters.flatMap((each) => [...placesOf(each)]))
  return [...carriesUs(path, places), ...reliedFindings(path, places)]
}

/** Whose every address is, in short form: guests by what they told, nodes by what corosync knows. */
function placesOf({ cluster, model }: AuditedCluster): ReadonlyMap<string, Place> {
  const guests = (model?.guests ?? []).flatMap(({ addresses, vmid, name, node }) =>
    addresses.map((address): [string, Place] => [
      bare(address),
      { cluster, node, words: `guest ${vmid} (${name}) on ${node}` },
    ]),
  )
  const nodes = (model?.nodes ?? []).flatMap(({ ip, name }): [string, Place][] =>
    ip === undefined ? [] : [[bare(ip), { cluster, node: name, words: `node ${name}` }]],
  )
  return new Map([...guests, ...nodes].filter(([address]) => !/^(?:127\.|::1$)/.test(address)))
}

function bare(address: string): string {
  return address.toLowerCase().replace(/[/%].*$/, '')
}

function carriesUs(path: OwnPath, places: ReadonlyMap<string, Place>): Finding[] {
  const place = path.ownAddresses.map((address) => places.get(bare(address))).find((each) => each !== undefined)
  if (place === undefined) return []
  const noticed = path.heartbeats.length > 0 || path.relay
  const sentence = `The watchdog runs on the cluster that it guards: it is ${place.words}.`
  const remedy = noticed
    ? 'Better a small machine of its own; the heartbeats tell when it dies.'
    : 'Run it on a small machine of its own, or at least have somebody outside notice: heartbeats, or a second relay.'
  const { cluster, node } = place
  return [finding('runs-on-cluster', sentence, remedy, { cluster, node, ...(noticed ? {} : { severity: 'critical' }) })]
}

const REMEDIES: Readonly<Record<Relied['what'], string>> = {
  'power-device': 'Reach it by an address that needs nothing of the cluster.',
  'name-server': 'Give a second name server outside the cluster, or addresses in place of names.',
  gateway: 'Route the watchdog over a machine of its own.',
  channel: 'Add a channel that does not run over the cluster.',
  relay: 'Move the other relay off the cluster.',
  heartbeat: 'Send heartbeats to somebody outside.',
}
const WORDS: Readonly<Record<Relied['what'], string>> = {
  'power-device': 'The power device',
  'name-server': 'The name server',
  gateway: 'The default gateway',
  channel: 'The channel',
  relay: 'The other relay',
  heartbeat: 'Who notices our silence,',
}

function reliedFindings(path: OwnPath, places: ReadonlyMap<string, Place>): Finding[] {
  const there = path.relied.flatMap((relied) => {
    const place = relied.addresses.map((address) => places.get(bare(address))).find((each) => each !== undefined)
    return place === undefined ? [] : [{ relied, place }]
  })
  const servers = path.relied.filter(({ what }) => what === 'name-server').length
  const findings = there.flatMap(({ relied, place }): Finding[] => {
    const { what, name } = relied
    const sentence = `${WORDS[what]} ${name} is ${place.words} of ${place.cluster}.`
    const about = { cluster: place.cluster, node: place.node }
    if (what === 'power-device') return [finding('power-device-on-cluster', sentence, REMEDIES[what], about)]
    if (what === 'gateway') return [finding('gateway-on-cluster', sentence, REMEDIES[what], about)]
    if (what !== 'name-server') return [finding('channel-on-cluster', sentence, REMEDIES[what], about)]
    // With another one elsewhere names are still resolved, only later.
    const others = servers > there.filter((each) => each.relied.what === 'name-server').length
    return [
      finding('name-server-on-cluster', sentence, REMEDIES[what], {
        ...about,
        ...(others ? { severity: 'info' as const } : {}),
      }),
    ]
  })
  const lost = there.filter(({ relied }) => relied.what === 'channel').map(({ relied }) => relied.name)
  if (path.channels.length === 0 || !path.channels.every((name) => lost.includes(name))) return findings
  const sentence = `Every channel (${list(path.channels)}) runs over the cluster that is watched.`
  return [...findings, finding('all-channels-on-cluster', sentence, REMEDIES.channel)]
}
