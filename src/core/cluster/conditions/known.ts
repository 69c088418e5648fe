import type { ClusterModel, GuestModel } from '../model-types.ts'
import type { Scene } from './rule.ts'

export function guestWith({ guests }: ClusterModel, id: string): GuestModel | undefined {
  return guests.find((guest) => guest.id === id)
}

/** The rows are about now, by a node with quorum: a guest that is not in them is gone. */
export function knowsGuests({ model }: Scene): boolean {
  return model.trusted && model.sections.resources?.fresh === true
}
