import { missingFor, type Permissions } from '../audit/access/missing.ts'
import { isManagedByHa } from '../cluster/guest-duty.ts'
import { haTransition } from '../cluster/ha-transition.ts'
import type { ClusterModel, GuestModel } from '../cluster/model-types.ts'
import type { PowerSite, SiteGuest, SiteHa, SiteNode } from './site.ts'

/** What the plan for power failures needs of a judged cluster. `hostOf`: our name of a node. */
export function siteOf(
  model: ClusterModel,
  hostOf: (node: string) => string | undefined,
  permissions?: Permissions,
): PowerSite {
  const { cluster, at, trusted, margin, ceph } = model
  const hasCeph = ceph !== undefined && ceph.value.health !== 'unknown'
  const lacks = permissions === undefined ? undefined : lacksOf(permissions, hasCeph)
  return {
    cluster,
    at,
    trusted,
    nodes: model.nodes.map((node): SiteNode => {
      const host = hostOf(node.name)
      return {
        node: node.name,
        ...(host === undefined ? {} : { host }),
        online: node.online === true,
        votes: model.votes?.find((each) => each.node === node.name)?.votes ?? 1,
      }
    }),
    guests: model.guests.filter(({ template }) => !template).map(siteGuest),
    ha: siteHa(model, lacks),
    ...(lacks === undefined ? {} : { lacks }),
    ...(margin === undefined
      ? {}
      : {
          quorum: {
            present: margin.presentVotes,
            needed: margin.neededVotes,
            qdeviceVotes: margin.qdevice === 'connected' ? margin.qdeviceVotes : 0,
          },
        }),
    ceph: hasCeph,
    replication: model.replication.map(({ id, source, lastSyncS, failures }) => {
      return { job: id, node: source, lastSyncMs: lastSyncS * 1_000, failing: failures > 0 }
    }),
  }
}

const LACKING = {
  'Sys.PowerMgmt': 'nodes',
  'VM.PowerMgmt': 'guests',
  'Sys.Console': 'ha',
  'Sys.Modify': 'ceph',
} as const

function lacksOf(permissions: Permissions, hasCeph: boolean): NonNullable<PowerSite['lacks']> {
  const missing = [...missingFor('power', permissions), ...(hasCeph ? missingFor('ceph-flags', permissions) : [])]
  return missing.flatMap(({ path, privilege }) => {
    const what = LACKING[privilege as keyof typeof LACKING]
    return what === undefined ? [] : [{ for: what, sentence: `our token lacks ${privilege} on ${path}` }]
  })
}

function siteGuest(guest: GuestModel): SiteGuest {
  const { id, name, node, running, tags, onboot, order, upS, downS, lock } = guest
  return {
    guest: id,
    name: name === '' ? id : name,
    node,
    ...(running === undefined ? {} : { running }),
    tags,
    onboot: onboot === true,
    ...(order === undefined ? {} : { order }),
    ...(upS === undefined ? {} : { upMs: upS * 1_000 }),
    ...(downS === undefined ? {} : { downMs: downS * 1_000 }),
    ha: isManagedByHa(guest),
    locked: lock !== undefined,
  }
}

/**
 * HA that was disarmed holds no watchdog; nor does one that manages nothing, or only what is `ignored`. From 9.2 on it
 * tells whether it is armed, and can be disarmed as a whole; before, each service is set to `ignored`.
 */
function siteHa(model: ClusterModel, lacks: PowerSite['lacks']): SiteHa {
  const ha = model.ha?.value
  if (ha === undefined) return { quiet: false, way: 'none', why: 'what HA manages could not be read', services: [] }
  const services = ha.services
    .filter(({ state, requestState }) => state !== 'ignored' && requestState !== 'ignored')
    .map(({ sid, requestState }) => ({ sid, request: requestState ?? 'started' }))
  const { busy } = haTransition(model)
  const refused = lacks?.find((each) => each.for === 'ha')
  return {
    quiet: ha.armed === 'disarmed' || services.length === 0,
    way: refused !== undefined ? 'none' : ha.armed === 'unknown' ? 'ignore' : 'disarm',
    ...(refused === undefined ? {} : { why: refused.sentence }),
    services,
    ...(busy === undefined ? {} : { busy }),
  }
}
