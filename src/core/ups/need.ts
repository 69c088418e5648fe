import type { State } from '../state/types.ts'
import { guestOrders } from './guest-orders.ts'
import { learnedGuest, learnedMs, learnedNode } from './learned.ts'
import type { FedHost, UpsPolicy } from './policy.ts'
import type { SiteGuest } from './site.ts'

/** What HA takes to let go, and Ceph to take its flags. */
export const HA_NEED_MS = 30_000

export type HostNeed = {
  readonly host: string
  readonly guests: number
  readonly guestsMs: number
  readonly nodeMs: number
  /** Both times were measured before; otherwise they are what is configured. */
  readonly learned: boolean
}

/** How long it takes to bring a host down: its guests, group after group, and then itself. */
export function needOf(state: State, policy: UpsPolicy, fed: FedHost): HostNeed {
  const guests = runningOn(state, fed.host)
  let learned = true
  let guestsMs = 0
  for (const group of guestOrders(guests.map(({ guest }) => guest))) {
    const times = group.map(({ guest, downMs }) => {
      const cluster = guests.find((each) => each.guest.guest === guest)?.cluster ?? ''
      const took = learnedMs(state, learnedGuest(cluster, guest))
      if (took === undefined) learned = false
      return took ?? downMs ?? policy.guestDownMs
    })
    guestsMs += Math.max(...times)
  }
  const node = learnedMs(state, learnedNode(fed.host))
  if (node === undefined) learned = false
  return {
    host: fed.host,
    guests: guests.length,
    guestsMs: Math.min(guestsMs, policy.guestDeadlineMs),
    nodeMs: node ?? policy.nodeDownMs,
    learned,
  }
}

/** Hosts of one stage go side by side, stages one after the other. */
export function stageNeedMs(needs: readonly HostNeed[]): number {
  return Math.max(0, ...needs.map(({ guestsMs, nodeMs }) => guestsMs + nodeMs))
}

export function runningOn(
  state: State,
  host: string,
): readonly { readonly cluster: string; readonly guest: SiteGuest }[] {
  const found: { cluster: string; guest: SiteGuest }[] = []
  for (const site of Object.values(state.powerSites)) {
    const node = site.nodes.find((each) => each.host === host)?.node
    if (node === undefined) continue
    for (const guest of site.guests) {
      if (guest.node === node && guest.running === true) found.push({ cluster: site.cluster, guest })
    }
  }
  return found
}
