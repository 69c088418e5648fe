/**
 * Guests in the groups in which they are shut down, first group first: as Proxmox does, those without an order go
 * first, then the highest order. Started they are the other way round.
 */
export function guestOrders<G extends { readonly order?: number }>(guests: readonly G[]): readonly (readonly G[])[] {
  const groups = new Map<number, G[]>()
  for (const guest of guests) {
    const order = guest.order ?? Number.POSITIVE_INFINITY
    const group = groups.get(order)
    if (group === undefined) groups.set(order, [guest])
    else group.push(guest)
  }
  return [...groups.entries()].sort(([a], [b]) => (a === b ? 0 : b > a ? 1 : -1)).map(([, group]) => group)
}
