import { elapsedMs } from '../time.ts'
import type { InsideFacts } from './inside.ts'
import { insideRefusal, needsHa, refusal } from './refuse.ts'
import type { DisarmRow, MuxAct, Sight, Step } from './types.ts'

/** Nothing is done on a node by an older look. */
export const LOOK_LIMIT_MS = 15_000
const PATIENCE_MS = 1_800_000

/**
 * With HA out of the way: mask watchdog-mux, then stop it, unload softdog, and see that the device is closed and gone.
 * Only after a fresh look that shows no client and a device that can be stopped.
 */
export function stepForGood(row: DisarmRow, sight: Sight): Step {
  const { inside, now } = sight
  if (row.settledAt !== undefined) return { do: 'wait', sentence: row.note }
  if (elapsedMs(row.since, now) > PATIENCE_MS) {
    const why = inside?.ok === false ? inside.sentence : `It still has clients.`
    const sentence = `watchdog-mux of ${row.node} could not be stopped in time: ${why} What was begun is undone.`
    return { do: 'turn-back', code: 'not-released', sentence }
  }
  if (inside === undefined || elapsedMs(inside.at, now) > LOOK_LIMIT_MS) return { do: 'look' }
  if (!inside.ok) return { do: 'wait', sentence: inside.sentence }
  const { facts } = inside
  return muxRuns(facts) ? stopIt(row, sight, facts) : seeItGone(row, facts)
}

function stopIt(row: DisarmRow, sight: Sight, facts: InsideFacts): Step {
  const { node } = row
  const no = insideRefusal(node, facts) ?? refusal(row, sight)
  // What passes by itself is waited for: nothing was done on the node yet that would not bear it.
  if (no !== undefined) {
    const passes = no.code === 'not-trusted' || no.code === 'ha-transition' || no.code === 'node-away'
    return passes ? { do: 'wait', sentence: no.sentence } : { do: 'turn-back', ...no }
  }
  if (!row.haAsked && needsHa(sight)) return { do: 'disarm-ha' }
  if (facts.marker) return { do: 'wait', sentence: `watchdog-mux of ${node} still has clients: it is not stopped.` }
  if (!isMasked(facts)) return act('mask-mux', `watchdog-mux of ${node} is kept from coming back after a reboot.`)
  return act('stop-mux', `watchdog-mux of ${node} has no client: it is stopped.`)
}

function seeItGone({ node }: DisarmRow, facts: InsideFacts): Step {
  if (!isMasked(facts)) return act('mask-mux', `watchdog-mux of ${node} is kept from coming back after a reboot.`)
  const [holder] = facts.holders
  if (holder !== undefined) {
    const sentence = `watchdog-mux of ${node} is stopped, but ${holder.command} (PID ${holder.pid}) holds ${holder.device}.`
    return { do: 'settle', sentence }
  }
  const running = facts.devices.find(({ state }) => state === 'active')
  if (running !== undefined) {
    const sentence = `${running.name} of ${node} runs and nobody feeds it: the node is reset within its timeout.`
    return { do: 'wait', sentence }
  }
  if (facts.modules.some(({ name }) => name === 'softdog')) {
    return act('unload-softdog', `The device of ${node} is closed; softdog is unloaded.`)
  }
  const kept = facts.deviceNode ? 'closed; its driver stays loaded, and it does not run' : 'closed and gone'
  return { do: 'settle', sentence: `watchdog-mux of ${node} is stopped and masked, and the device is ${kept}.` }
}

export function muxRuns({ units, holders }: InsideFacts): boolean {
  return (units['watchdog-mux']?.pid ?? 0) > 0 || holders.some(({ command }) => command === 'watchdog-mux')
}

export function isMasked({ units }: InsideFacts): boolean {
  return /^masked/.test(units['watchdog-mux']?.enabled ?? '')
}

export function act(what: MuxAct, sentence: string): Step {
  return { do: 'act', act: what, sentence }
}
