import type { Guest, Guests, GuestsBrief } from '../../api/guests.ts'
import type { ClusterModel, GuestModel } from '../../core/cluster/model-types.ts'
import { maybe, wallPast } from './moments.ts'

export function guestsOf(model: ClusterModel): Guests {
  return { cluster: model.cluster, trusted: model.trusted, guests: model.guests.map((guest) => guestOf(guest, model)) }
}

function guestOf(guest: GuestModel, { at }: ClusterModel): Guest {
  const { row } = guest
  return {
    id: guest.id,
    vmid: guest.vmid,
    type: guest.type,
    name: guest.name,
    node: guest.node,
    running: guest.running ?? null,
    shouldRun: shouldRun(guest) ?? null,
    template: guest.template,
    tags: [...guest.tags],
    lock: guest.lock,
    haState: guest.ha?.state,
    haRequested: guest.ha?.requestState,
    onboot: guest.onboot,
    order: guest.order,
    agent: guest.agent,
    watchdog: guest.watchdog,
    addresses: [...guest.addresses],
    task: guest.task?.type,
    uptimeS: row.uptimeS,
    cpuRatio: row.cpuRatio,
    cpus: row.cpus,
    memoryBytes: row.memoryBytes,
    memoryMaxBytes: row.memoryMaxBytes,
    backedUp: guest.backedUp,
    lastBackup: maybe(guest.lastGoodBackupS, (endS) => wallPast(endS * 1000, at)),
    ageMs: guest.ageMs,
  }
}

/** Whether somebody wants it to run: HA where that has it, else whether it starts with its node. */
export function shouldRun({ template, ha, onboot }: GuestModel): boolean | undefined {
  if (template) return false
  if (ha !== undefined && ha.requestState !== 'ignored') return (ha.requestState ?? ha.state) === 'started'
  return onboot
}

export function guestsBriefOf({ guests, backups }: ClusterModel): GuestsBrief {
  const machines = guests.filter(({ template }) => !template)
  const count = (running: boolean | undefined) => machines.filter((guest) => guest.running === running).length
  const ids = (matching: readonly GuestModel[]) => matching.map(({ id }) => id)
  return {
    total: machines.length,
    running: count(true),
    stopped: count(false),
    unknown: count(undefined),
    templates: guests.length - machines.length,
    down: ids(machines.filter((guest) => guest.running === false && shouldRun(guest) === true)),
    locked: ids(machines.filter(({ lock }) => lock !== undefined)),
    notBackedUp: maybe(backups, ({ value }) => value.notBackedUp.length),
  }
}
