import { elapsedMs, later } from '../time.ts'
import type { ErrandResult } from './errands.ts'
import { guestKey, learn, learnedGuest } from './learned.ts'
import type { OutageEdit } from './outage-edit.ts'
import type { Ask, ClusterProgress, GuestProgress, HostProgress } from './types.ts'

const FIRST_AGAIN_MS = 5_000
const LAST_AGAIN_MS = 60_000
/** After an order to shut down was taken it is repeated only if the host lives on for as long as this. */
const TAKEN_AGAIN_MS = 60_000

/** What came of an errand, for whoever asked it. An answer that nobody waits for any more changes nothing. */
export function takeAnswer(edit: OutageEdit, errand: string, result: ErrandResult): void {
  for (const host of edit.hosts()) {
    if (host.ask.errand === errand) return answerHost(edit, host, result)
  }
  for (const cluster of Object.values(edit.outage.clusters)) {
    if (cluster.haAsk.errand === errand) return answerHa(edit, cluster, result)
    if (cluster.cephAsk.errand === errand) return answerCeph(edit, cluster, result)
    if (cluster.replicateAsk.errand === errand) {
      return edit.setCluster(cluster.cluster, { replicateAsk: settled(edit, cluster.replicateAsk, result) })
    }
  }
  for (const guest of Object.values(edit.outage.guests)) {
    if (guest.ask.errand === errand) return answerGuest(edit, guest, result)
  }
}

/** `unclear` may have worked: it is asked again, which is harmless, only later than what certainly failed. */
function settled(edit: OutageEdit, ask: Ask, { outcome, sentence }: ErrandResult): Ask {
  if (outcome === 'done') {
    return { attempts: ask.attempts, taken: true, nextAt: later(edit.now, TAKEN_AGAIN_MS), ...askedOf(ask) }
  }
  const waitMs = Math.min(LAST_AGAIN_MS, FIRST_AGAIN_MS * 2 ** Math.min(ask.attempts - 1, 6))
  const nextAt = later(edit.now, outcome === 'unclear' ? Math.max(waitMs, 2 * FIRST_AGAIN_MS) : waitMs)
  edit.draft.wakeBy(nextAt)
  return { attempts: ask.attempts, nextAt, lastError: sentence, ...askedOf(ask) }
}

function askedOf({ askedAt }: Ask): { askedAt?: Ask['askedAt'] & {} } {
  return askedAt === undefined ? {} : { askedAt }
}

function answerHost(edit: OutageEdit, { host, ask }: HostProgress, result: ErrandResult): void {
  edit.setHost(host, { ask: settled(edit, ask, result) })
}

function answerHa(edit: OutageEdit, { cluster, ha, haAsk }: ClusterProgress, result: ErrandResult): void {
  edit.setCluster(cluster, { haAsk: settled(edit, haAsk, result) })
  if (result.outcome !== 'done') return
  if (ha === 'quieting') {
    edit.setCluster(cluster, { ha: 'quiet' })
    edit.tell('power-ha-quiet', `HA of ${cluster} has let go of the watchdogs: no node fences itself now.`)
  } else if (ha === 'arming') {
    edit.setCluster(cluster, { ha: 'rearmed' })
    edit.tell('power-ha-armed', `HA of ${cluster} is armed again.`)
  }
}

function answerCeph(edit: OutageEdit, { cluster, ceph, cephAsk }: ClusterProgress, result: ErrandResult): void {
  edit.setCluster(cluster, { cephAsk: settled(edit, cephAsk, result) })
  if (result.outcome !== 'done') return
  if (ceph === 'setting') edit.setCluster(cluster, { ceph: 'set' })
  else if (ceph === 'clearing') edit.setCluster(cluster, { ceph: 'clear' })
}

function answerGuest(edit: OutageEdit, guest: GuestProgress, result: ErrandResult): void {
  const ask = settled(edit, guest.ask, result)
  const key = guestKey(guest)
  if (result.outcome !== 'done') return edit.setGuest(key, { ...guest, ask })
  if (guest.step === 'stopping') {
    edit.setGuest(key, { ...guest, ask, step: 'stopped', stoppedAt: edit.now })
    const from = guest.stopAskedAt
    // Only what was stopped at the first asking tells how long it takes.
    if (from !== undefined && guest.ask.attempts === 1) {
      learn(edit.draft, learnedGuest(guest.cluster, guest.guest), elapsedMs(from, edit.now))
    }
    edit.tell('power-guest-stopped', `${guest.name} (${guest.guest}) on ${guest.node} is shut down.`)
  } else if (guest.step === 'starting') {
    edit.setGuest(key, { ...guest, ask, step: 'running', startedAt: edit.now })
  } else edit.setGuest(key, { ...guest, ask })
}
