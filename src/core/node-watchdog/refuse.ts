import { list } from '../phrase.ts'
import type { InsideFacts } from './inside.ts'
import { isMux } from './inside.ts'
import type { DisarmRefusal, DisarmRow, Sight } from './types.ts'

export type Refusal = { readonly code: DisarmRefusal; readonly sentence: string }
type Wish = Pick<DisarmRow, 'cluster' | 'node' | 'forGood' | 'acceptsQuorumLoss'>

/** HA has to be told to let go: somebody may be fenced for it. */
export function needsHa({ armed, services }: Sight): boolean {
  return armed === 'armed' || armed === 'disarming' || services.length > 0
}

/** Why disarming does not begin, or does not go on where nothing was written yet. */
export function refusal(wish: Wish, sight: Sight): Refusal | undefined {
  const { node, cluster } = wish
  if (!sight.trusted) {
    return no('not-trusted', `No fresh view with quorum tells how ${cluster} stands: nothing is disarmed blindly.`)
  }
  if (!sight.known) return no('no-such-node', `${cluster} has no node called ${node}.`)
  if (sight.busy !== undefined)
    return no('ha-transition', `${sight.busy} Disarming waits for no such thing: try again.`)
  if (sight.armed === 'unknown' && sight.services.length > 0) return tooOld(sight.services)
  if (wish.forGood) return refusalForGood(wish, sight)
  if (needsHa(sight) || sight.armed === 'disarmed') return undefined
  const sentence = `HA of ${cluster} manages nothing: no node fences itself, and there is nothing to disarm for a time.`
  return no('nothing-to-disarm', sentence)
}

function refusalForGood(wish: Wish, sight: Sight): Refusal | undefined {
  const { node } = wish
  if (!sight.reached) {
    return no('no-inside', `To stop watchdog-mux of ${node} for good it must be reached by SSH: configure ssh for it.`)
  }
  if (!sight.online) return no('node-away', `${node} is not there.`)
  if (sight.costsQuorum !== false && !wish.acceptsQuorumLoss) {
    const what = sight.costsQuorum ? 'its loss would cost quorum' : 'what its loss would cost is not known'
    const sentence = `Should ${node} be reset by mistake, ${what}: nothing was touched. --accept-quorum-loss goes on all the same.`
    return no('quorum-cost', sentence)
  }
  return sight.inside?.ok === true ? insideRefusal(node, sight.inside.facts) : undefined
}

/** Why watchdog-mux is not stopped, by what the node looks like from inside. Connected clients are waited for. */
export function insideRefusal(node: string, facts: InsideFacts): Refusal | undefined {
  if (!facts.root) return no('not-root', `${node} is not asked as root, so that it is not seen who holds the device.`)
  const foreign = facts.holders.find((holder) => !isMux(holder))
  if (foreign !== undefined) {
    const sentence = `On ${node} ${foreign.command} (PID ${foreign.pid}) holds ${foreign.device}, too: it would go on.`
    return no('device-held', sentence)
  }
  if (facts.holders.length === 0) return undefined
  const unstoppable = facts.devices.filter(({ state, nowayout }) => state !== 'inactive' && nowayout !== false)
  if (unstoppable.length > 0 || facts.devices.length === 0) {
    const sure = unstoppable.some(({ nowayout }) => nowayout === true)
    const sentence = sure
      ? `The watchdog device of ${node} cannot be stopped once it runs (nowayout): ending watchdog-mux would reset it.`
      : `Whether the watchdog device of ${node} can be stopped is not known: ending watchdog-mux might reset it.`
    return no('nowayout', sentence)
  }
  return undefined
}

/** The documented way before 9.2: the manager lets go of what is ignored, and an LRM without services turns idle. */
function tooOld(services: readonly string[]): Refusal {
  const commands = services.map((sid) => `ha-manager set ${sid} --state ignored`)
  const sentence =
    'HA before Proxmox VE 9.2 cannot be disarmed by its API. Run on any node: ' +
    `${commands.join('; ')}. Each LRM lets go about 10 min later, and says "watchdog closed (disabled)" in its journal. ` +
    `To arm it again set ${services.length === 1 ? 'it' : list(services)} back to started.`
  return no('too-old', sentence)
}

function no(code: DisarmRefusal, sentence: string): Refusal {
  return { code, sentence }
}
