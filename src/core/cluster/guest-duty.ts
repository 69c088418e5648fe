import type { GuestModel } from './model-types.ts'

/** Matched against the tags joined by `;`, as they are in the metrics: the same pattern serves in rules. */
export const SILENCED = /^(?:.*;)?(?:no-alert|maintenance)(?:;.*)?$/

export function isSilenced({ tags }: Pick<GuestModel, 'tags'>): boolean {
  return SILENCED.test(tags.join(';'))
}

/** HA starts and stops it, and nobody else may. */
export function isManagedByHa({ ha, row }: GuestModel): boolean {
  return ha !== undefined
    ? ha.state !== 'ignored' && ha.requestState !== 'ignored'
    : row.haState !== undefined && row.haState !== 'ignored'
}

/** Whether it is meant to run: HA's order counts where HA manages it, else onboot. Undefined where that is not known. */
export function shouldRun(guest: GuestModel): boolean | undefined {
  if (guest.template) return false
  if (!isManagedByHa(guest)) return guest.onboot
  if (guest.ha === undefined) return guest.row.haState === 'started' ? true : undefined
  const { requestState, state } = guest.ha
  return requestState === undefined ? state === 'started' : requestState === 'started'
}

/** `web1 (qemu/100)`. */
export function guestName({ id, name }: Pick<GuestModel, 'id' | 'name'>): string {
  return name === '' || name === id ? id : `${name} (${id})`
}
