import { later } from '../time.ts'
import type { ErrandResult } from './errands.ts'
import { guestKey } from './learned.ts'
import type { OutageEdit } from './outage-edit.ts'
import { noteArmed, noteQuiet } from './quieting.ts'
import { noteStopped } from './stop-guests.ts'
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
  if (result.outcome !== 'done') return edit.setCluster(cluster, { haAsk: settled(edit, haAsk, result) })
  if (ha === 'quieting') noteQuiet(edit, cluster)
  else if (ha === 'arming') noteArmed(edit, cluster)
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
  if (guest.step === 'stopping') return noteStopped(edit, guest)
  // That it runs is seen: HA takes the order, and starts it in its own time.
  edit.setGuest(key, { ...guest, ask })
}
