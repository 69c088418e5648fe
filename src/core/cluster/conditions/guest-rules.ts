import { list } from '../../phrase.ts'
import { guestName, isManagedByHa, isSilenced, shouldRun } from '../guest-duty.ts'
import { missedOn } from '../missed-starts.ts'
import type { GuestModel } from '../model-types.ts'
import { guestWith, knowsGuests } from './known.ts'
import type { Held, Rule, Scene } from './rule.ts'

const guestDown: Rule = {
  name: 'PveGuestDown',
  holding: (scene) =>
    scene.model.guests
      .filter((guest) => guest.running === false && shouldRun(guest) === true && !isSilenced(guest))
      .map((guest): Held => ({ subject: guest.id, sentence: down(guest), rests: rests(guest, scene) })),
  isKnown(scene, subject) {
    if (!knowsGuests(scene)) return false
    const guest = guestWith(scene.model, subject)
    if (guest === undefined || isSilenced(guest) || guest.template || guest.running === true) return true
    return guest.running === false && shouldRun(guest) === false
  },
  over: (guest) => `${guest} runs, or is not meant to.`,
}

function down(guest: GuestModel): string {
  const why = isManagedByHa(guest) ? 'HA is to keep it started' : 'it is to start with its node'
  const locked = guest.lock === undefined ? '' : ` It is locked (${guest.lock}).`
  return `${guestName(guest)} is stopped on ${guest.node}, and ${why}.${locked}`
}

/** Its own noise: a task that stops or moves it, a node that is going down or coming up, or that is in somebody's hands. */
function rests({ node, task, ha }: GuestModel, { model, boots, stops, clues }: Scene): string | undefined {
  if (task !== undefined) return `${task.type} runs on it.`
  if (clues.inHands?.includes(node) === true) return `${node} is in somebody’s hands.`
  if (model.nodes.some(({ name, inMaintenance }) => name === node && inMaintenance)) return `${node} is in maintenance.`
  if (stops[node] !== undefined) return `${node} is going down.`
  if (boots[node]?.settled === false) return `${node} is starting its guests.`
  return ha !== undefined && MOVING.has(ha.state) ? `HA has it in ${ha.state}.` : undefined
}

const MOVING = new Set(['migrate', 'relocate', 'recovery', 'fence', 'request_stop'])

/** How long it has had the tag is remembered by the alert itself, which waits for a day. */
const maintenanceTagStale: Rule = {
  name: 'PveGuestMaintenanceTagStale',
  holding: (scene) =>
    (knowsGuests(scene) ? scene.model.guests : [])
      .filter(({ tags, template }) => tags.includes('maintenance') && !template)
      .map((guest) => ({
        subject: guest.id,
        sentence: `${guestName(guest)} has the tag maintenance: nobody is told when it is down. Take the tag away when you are done.`,
      })),
  isKnown: knowsGuests,
  over: (guest) => `${guest} no longer has the tag maintenance.`,
}

const notStarted: Rule = {
  name: 'PveGuestNotStarted',
  holding: ({ model, boots, clues }) =>
    model.nodes.flatMap(({ name, inMaintenance }): Held[] => {
      const boot = boots[name]
      if (boot === undefined || !boot.caught || !boot.settled) return []
      const missed = missedOn(name, boot, model)
      if (missed.length === 0) return []
      const names = missed.slice(0, 8).map(guestName)
      const more = missed.length > 8 ? ` and ${missed.length - 8} more` : ''
      const busy = inMaintenance || clues.inHands?.includes(name) === true
      return [
        {
          subject: name,
          sentence: `${name} has booted, and did not start ${more === '' ? list(names) : names.join(', ')}${more}.`,
          rests: busy ? `${name} is in maintenance.` : undefined,
        },
      ]
    }),
  isKnown: (scene, node) => {
    const { model, boots } = scene
    if (!knowsGuests(scene)) return false
    if (!model.nodes.some(({ name }) => name === node)) return true
    const onIt = model.guests.filter((guest) => guest.node === node && !guest.template)
    return (
      boots[node]?.settled === true &&
      onIt.every(({ running, onboot }) => running !== undefined && onboot !== undefined)
    )
  },
  over: (node) => `The guests that are to start with ${node} run, or are not meant to.`,
}

/** A guest that sleeps on disk is locked for as long as it does. */
const NO_TASK_NEEDED = new Set(['suspended'])

const lockStuck: Rule = {
  name: 'PveGuestLockStuck',
  holding: (scene) =>
    (knowsGuests(scene) && scene.model.sections.tasks?.fresh === true ? scene.model.guests : [])
      .filter(({ lock, task }) => lock !== undefined && !NO_TASK_NEEDED.has(lock) && task === undefined)
      .map((guest) => ({
        subject: guest.id,
        sentence: `${guestName(guest)} on ${guest.node} is locked (${guest.lock}), and no task runs on it. When nothing else works on it: ${guest.type === 'lxc' ? 'pct' : 'qm'} unlock ${guest.vmid}.`,
      })),
  isKnown: (scene) => knowsGuests(scene) && scene.model.sections.tasks?.fresh === true,
  over: (guest) => `${guest} is not locked any more, or a task runs on it.`,
}

export const guestRules: readonly Rule[] = [guestDown, maintenanceTagStale, notStarted, lockStuck]
