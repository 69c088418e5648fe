import { clause, list, spell } from '../phrase.ts'
import { feedsOf } from '../state/initial.ts'
import { elapsedMs } from '../time.ts'
import { NOT_ASKED, type OutageEdit } from './outage-edit.ts'
import type { PowerSite } from './site.ts'
import type { Ask, ClusterProgress } from './types.ts'

const HA_LIMIT_MS = 60_000
const CEPH_LIMIT_MS = 30_000

/**
 * Before the first node of a cluster goes, HA lets go of the watchdogs: the loss of quorum would otherwise make the rest
 * fence itself, and HA would carry guests to nodes that are about to go. Answers whether the way is clear; `refused`
 * where HA stays as it is.
 */
export function quietHa(edit: OutageEdit, name: string): 'wait' | 'quiet' | 'refused' {
  const cluster = edit.cluster(name)
  if (cluster.ha === 'free' || cluster.ha === 'quiet') return 'quiet'
  if (cluster.ha === 'refused') return 'refused'
  const site = edit.site(name)
  if (cluster.haSince === undefined || cluster.ha === 'rearmed' || cluster.ha === 'arming') {
    // An order to arm that is still out would land after ours.
    if (cluster.haAsk.errand !== undefined && !edit.mayAsk(cluster.haAsk)) return 'wait'
    edit.setCluster(name, { ha: 'armed', haSince: edit.now, haAsk: NOT_ASKED })
    return quietHa(edit, name)
  }
  const late = elapsedMs(cluster.haSince, edit.now) >= edit.policy.haDeadlineMs
  if (site === undefined) {
    const isAsked = feedsOf(edit.state).peersConfigured.includes(name)
    if (!isAsked && cluster.haWay === undefined) return set(edit, name, 'free')
    return late ? refuse(edit, name, 'what HA manages was never read') : waitFor(edit, cluster)
  }
  // What we have armed again ourselves may not be seen yet: it is made quiet once more.
  if (cluster.ha === 'armed' && site.ha.quiet && cluster.haWay === undefined) return set(edit, name, 'free')
  if (cluster.ha === 'quieting' && site.ha.quiet && isSince(cluster.haAsk, site)) return noteQuiet(edit, name)
  if (late) return refuse(edit, name, cluster.haAsk.lastError ?? site.ha.busy ?? 'it did not let go in time')
  return askQuiet(edit, cluster, site)
}

/** What was read after it was asked: an answer that was lost on its way is seen so all the same. */
function isSince({ askedAt }: Ask, { at, trusted }: PowerSite): boolean {
  return trusted && askedAt !== undefined && elapsedMs(askedAt, at) > 0
}

export function noteQuiet(edit: OutageEdit, name: string): 'quiet' {
  edit.setCluster(name, { ha: 'quiet', haAsk: NOT_ASKED })
  edit.tell('power-ha-quiet', `HA of ${name} has let go of the watchdogs: no node fences itself now.`)
  return 'quiet'
}

export function noteArmed(edit: OutageEdit, name: string): true {
  edit.setCluster(name, { ha: 'rearmed', haAsk: NOT_ASKED })
  edit.tell('power-ha-armed', `HA of ${name} is armed again.`)
  return true
}

function askQuiet(edit: OutageEdit, cluster: ClusterProgress, site: PowerSite): 'wait' | 'refused' {
  const { ha } = site
  if (ha.way === 'none') return refuse(edit, cluster.cluster, ha.why ?? 'there is no way to do it')
  const isBusy = ha.busy !== undefined && cluster.ha === 'armed'
  if (isBusy || !edit.mayAsk(cluster.haAsk)) return waitFor(edit, cluster)
  // What HA manages is kept before it is changed: it is what has to be there again in the end.
  const services = cluster.haWay === undefined ? ha.services : cluster.haServices
  const { way } = ha
  const haAsk = edit.ask(cluster.haAsk, { do: 'quiet-ha', cluster: cluster.cluster, way, services }, HA_LIMIT_MS)
  edit.setCluster(cluster.cluster, { ha: 'quieting', haWay: way, haServices: services, haAsk })
  return waitFor(edit, cluster)
}

function waitFor(edit: OutageEdit, { haSince }: ClusterProgress): 'wait' {
  const leftMs = edit.policy.haDeadlineMs - (haSince === undefined ? 0 : elapsedMs(haSince, edit.now))
  edit.draft.wakeIn(Math.max(0, leftMs))
  return 'wait'
}

function set(edit: OutageEdit, name: string, ha: 'free'): 'quiet' {
  edit.setCluster(name, { ha })
  return 'quiet'
}

function refuse(edit: OutageEdit, name: string, why: string): 'refused' {
  const { haServices } = edit.cluster(name)
  edit.setCluster(name, { ha: 'refused' })
  const what = haServices.length === 0 ? '' : ` (${list(haServices.map(({ sid }) => sid))})`
  edit.tell(
    'power-ha-refused',
    `HA of ${name}${what} could not be made to let go of the watchdogs within ${spell(edit.policy.haDeadlineMs)}: ${clause(why)}. Nodes go only where the rest keeps quorum, or all together.`,
  )
  return 'refused'
}

/** Ceph is told to sit still before the first of its nodes goes. It never keeps a node from going down. */
export function setCephFlags(edit: OutageEdit, name: string): 'wait' | 'go' {
  const { ceph, cephAsk } = edit.cluster(name)
  if (edit.site(name)?.ceph !== true || ceph === 'set') return 'go'
  if (ceph === 'setting' && cephAsk.attempts >= 3 && cephAsk.errand === undefined) return 'go'
  if (edit.mayAsk(cephAsk)) {
    const ask = edit.ask(ceph === 'setting' ? cephAsk : NOT_ASKED, work(name, true), CEPH_LIMIT_MS)
    edit.setCluster(name, { ceph: 'setting', cephAsk: ask })
  }
  return 'wait'
}

/** Whether no flag of ours is left. */
export function clearCephFlags(edit: OutageEdit, name: string): boolean {
  const { ceph, cephAsk } = edit.cluster(name)
  if (ceph === 'clear') return true
  if (edit.mayAsk(cephAsk)) {
    const ask = edit.ask(ceph === 'clearing' ? cephAsk : NOT_ASKED, work(name, false), CEPH_LIMIT_MS)
    edit.setCluster(name, { ceph: 'clearing', cephAsk: ask })
  }
  return false
}

function work(cluster: string, set: boolean) {
  return { do: 'ceph-flags' as const, cluster, set }
}

/** Whether HA is as it was before: asked for until it is. Needs a view with quorum. */
export function armHa(edit: OutageEdit, name: string): boolean {
  const cluster = edit.cluster(name)
  const touched = cluster.ha === 'quiet' || cluster.ha === 'quieting' || cluster.ha === 'arming'
  // Refused, but asked for: it may have let go after all.
  const maybe = cluster.ha === 'refused' && cluster.haWay !== undefined
  if (!touched && !maybe) return true
  const site = edit.site(name)
  if (site?.trusted !== true) return false
  if (cluster.ha === 'arming' && !site.ha.quiet && isSince(cluster.haAsk, site)) return noteArmed(edit, name)
  if (!edit.mayAsk(cluster.haAsk)) return false
  const before = cluster.ha === 'arming' ? cluster.haAsk : NOT_ASKED
  const way = cluster.haWay ?? 'disarm'
  const services = cluster.haServices
  const haAsk = edit.ask(before, { do: 'arm-ha', cluster: name, way, services }, HA_LIMIT_MS)
  edit.setCluster(name, { ha: 'arming', haAsk })
  return false
}
