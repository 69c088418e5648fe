import { guestName } from '../guest-duty.ts'
import type { ClusterModel } from '../model-types.ts'
import { endedWell, isRunning } from '../tasks.ts'
import type { Task } from '../types.ts'
import { guestWith } from './known.ts'
import type { Held, Rule } from './rule.ts'
import { intervalS } from './schedule.ts'

const NOT_BY_NAME = /^(?:no-alert)$/

/** A job of several guests is one task of its node, without a number: then the alert is about the node. */
const backupFailed: Rule = {
  name: 'PveBackupFailed',
  holding({ model }) {
    const held: Held[] = []
    for (const [subject, task] of lastDumps(model)) {
      if (endedWell(task)) continue
      const guest = guestWith(model, subject)
      const of =
        guest === undefined ? `a backup job on ${subject}` : `the backup of ${guestName(guest)} on ${task.node}`
      held.push({ subject, sentence: `The last run of ${of} failed: ${task.status ?? 'it ended without a word'}` })
    }
    return held
  },
  isKnown({ model }, subject) {
    if (!model.trusted || model.sections.tasks?.fresh !== true) return false
    // The list of tasks is short: that there is no backup in it any more tells nothing, unless the guest is gone.
    return lastDumps(model).has(subject) || isGone(model, subject)
  },
  over: (subject) => `The last backup of ${subject} came well.`,
}

function lastDumps(model: ClusterModel): ReadonlyMap<string, Task> {
  const last = new Map<string, Task>()
  if (!model.trusted) return last
  // Newest first.
  for (const task of model.tasks) {
    if (task.type !== 'vzdump' || isRunning(task)) continue
    const guest = task.id === '' ? undefined : model.guests.find(({ vmid }) => vmid === Number(task.id))
    const subject = task.id === '' ? task.node : guest?.id
    if (subject !== undefined && !last.has(subject)) last.set(subject, task)
  }
  return last
}

function isGone(model: ClusterModel, subject: string): boolean {
  if (!subject.includes('/')) return !model.nodes.some(({ name }) => name === subject)
  return model.sections.resources?.fresh === true && guestWith(model, subject) === undefined
}

const notBackedUp: Rule = {
  name: 'PveGuestNotBackedUp',
  holding({ model: { backups, guests } }) {
    if (backups?.fresh !== true) return []
    const wanted = guests.filter(({ template, tags }) => !template && !tags.some((tag) => NOT_BY_NAME.test(tag)))
    const without = wanted.filter(({ backedUp }) => backedUp === false)
    if (without.length === 0) return []
    // Where nothing is backed up at all that is one thing to tell, and not one for each guest.
    if (!backups.value.jobs.some(({ enabled }) => enabled)) {
      return [{ subject: '', sentence: 'There is no backup job that is enabled: no guest is backed up.' }]
    }
    return without.map((guest) => ({ subject: guest.id, sentence: `${guestName(guest)} is in no backup job.` }))
  },
  isKnown: ({ model: { backups, trusted } }) => trusted && backups?.fresh === true,
  over: (guest) => (guest === '' ? 'There is a backup job.' : `${guest} is backed up, or is gone.`),
}

const jobs = ({ trusted, replication }: ClusterModel) => (trusted ? replication.filter(({ fresh }) => fresh) : [])

/** Of a source that is away nobody tells: then there is nothing to say. */
const knowsJob: Rule['isKnown'] = ({ model }, subject) => {
  const job = model.replication.find(({ id }) => id === subject)
  return model.trusted && (job === undefined ? model.sections.replication?.fresh === true : job.fresh)
}

const replicationFailed: Rule = {
  name: 'PveReplicationFailed',
  holding: ({ model }) =>
    jobs(model)
      .filter(({ failures, error }) => failures > 0 || error !== undefined)
      .map(({ id, guest, source, target, error }) => ({
        subject: id,
        sentence: `The replication ${id} of guest ${guest} from ${source} to ${target} fails${error === undefined ? '.' : `: ${error}`}`,
      })),
  isKnown: knowsJob,
  over: (job) => `The replication ${job} came well, or is no longer configured.`,
}

const STALE_INTERVALS = 3
const GRACE_S = 900

const replicationStale: Rule = {
  name: 'PveReplicationStale',
  holding: ({ model }) =>
    jobs(model)
      // One that never ran yet is judged by when it should have.
      .filter(({ lastSyncS, nextSyncS, schedule }) => {
        const nowS = model.at.wallMs / 1000
        if (lastSyncS === 0) return nextSyncS > 0 && nowS > nextSyncS + GRACE_S
        return nowS > lastSyncS + STALE_INTERVALS * intervalS(schedule) + GRACE_S
      })
      .map((job) => ({
        subject: job.id,
        sentence: `The replication ${job.id} of guest ${job.guest} to ${job.target} is overdue: ${job.lastSyncS === 0 ? 'it never came well' : 'the copy there is older than three of its intervals'}.`,
        rests:
          model.guests.find(({ vmid }) => vmid === job.guest)?.task === undefined
            ? undefined
            : 'A task runs on the guest.',
      })),
  isKnown: knowsJob,
  over: (job) => `The replication ${job} has come well again, or is no longer configured.`,
}

export const backupRules: readonly Rule[] = [backupFailed, notBackedUp, replicationFailed, replicationStale]
