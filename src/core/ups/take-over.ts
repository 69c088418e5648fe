import type { At } from '../time.ts'
import type { OutageEdit } from './outage-edit.ts'
import type { Ask, HostProgress, OutageUnit } from './types.ts'

/**
 * A new process goes on where an earlier one was: what was out is asked again, since its answer went elsewhere. After a
 * boot of our own machine an order to shut down is a latch, and the host that carries us is up whatever was planned.
 */
export function takeOverOutage(edit: OutageEdit): void {
  const { now } = edit
  const isReboot = edit.outage.startedAt.bootId !== now.bootId || wasElsewhere(edit)
  edit.set(clamped(edit))
  for (const host of edit.hosts()) edit.setHost(host.host, resumed(edit, host))
  for (const cluster of Object.values(edit.outage.clusters)) {
    edit.setCluster(cluster.cluster, {
      haAsk: again(cluster.haAsk),
      cephAsk: again(cluster.cephAsk),
      replicateAsk: again(cluster.replicateAsk),
      ...(cluster.haSince === undefined ? {} : { haSince: notAhead(cluster.haSince, now) }),
    })
  }
  for (const [key, guest] of Object.entries(edit.outage.guests)) {
    const asked = guest.stopAskedAt === undefined ? {} : { stopAskedAt: notAhead(guest.stopAskedAt, now) }
    edit.setGuest(key, { ...guest, ...asked, ask: again(guest.ask) })
  }
  if (isReboot) forgetOrders(edit)
  edit.draft.wakeIn(0)
}

/** Some of it was written in another boot. */
function wasElsewhere(edit: OutageEdit): boolean {
  return edit.hosts().some(({ since }) => since.bootId !== edit.now.bootId)
}

function forgetOrders({ state, draft, now }: OutageEdit): void {
  for (const row of Object.values(state.upsUnits)) {
    if (row.fsd === 'ordered' && row.heardAt.bootId !== now.bootId) {
      draft.put('upsUnits', row.unit, { ...row, fsd: 'latched' })
    }
  }
}

function again(ask: Ask): Ask {
  const { attempts, askedAt, taken, lastError } = ask
  return {
    attempts,
    ...(askedAt === undefined ? {} : { askedAt }),
    ...(taken === undefined ? {} : { taken }),
    ...(lastError === undefined ? {} : { lastError }),
  }
}

/** A clock that was set back makes what has happened lie ahead: it is taken to have happened just now. */
function notAhead(at: At, now: At): At {
  return at.bootId !== now.bootId && at.wallMs > now.wallMs ? now : at
}

function resumed(edit: OutageEdit, host: HostProgress): Partial<HostProgress> {
  const { now, state } = edit
  const part: Partial<HostProgress> = {
    since: notAhead(host.since, now),
    ask: again(host.ask),
    lookedAt: undefined,
    ...(host.shutdownAt === undefined ? {} : { shutdownAt: notAhead(host.shutdownAt, now) }),
    ...(host.offAt === undefined ? {} : { offAt: notAhead(host.offAt, now) }),
    ...(host.wayAt === undefined ? {} : { wayAt: notAhead(host.wayAt, now) }),
    ...(host.startBegunAt === undefined ? {} : { startBegunAt: notAhead(host.startBegunAt, now) }),
  }
  const isOurs = state.policy.hosts.find(({ name }) => name === host.host)?.runsHere === true
  const wasOn = host.since.bootId === now.bootId
  const isGoing = host.step === 'preparing' || host.step === 'stopping-guests' || host.step === 'shutting-down'
  // We run, so it has booted since.
  if (isOurs && !wasOn && isGoing) return { ...part, step: 'off', offAt: notAhead(host.since, now) }
  return part
}

function clamped(edit: OutageEdit): Partial<OutageEdit['outage']> {
  const { now, outage } = edit
  const units: Record<string, OutageUnit> = {}
  for (const unit of Object.values(outage.units)) {
    // What passed while nobody watched counts as on battery only as far as the clock can tell.
    const since = unit.since === undefined ? {} : { since: notAhead(unit.since, now) }
    units[unit.unit] = { ...unit, ...since, meteredAt: undefined }
  }
  return {
    units,
    ...(outage.mainsBackAt === undefined ? {} : { mainsBackAt: notAhead(outage.mainsBackAt, now) }),
    ...(outage.returningAt === undefined ? {} : { returningAt: notAhead(outage.returningAt, now) }),
  }
}
