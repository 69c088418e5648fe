import { list } from '../phrase.ts'
import { costsQuorum } from './costs-quorum.ts'
import { isIdle } from './host-step.ts'
import type { OutageEdit } from './outage-edit.ts'
import type { HostProgress } from './types.ts'

/**
 * HA stays armed, and without these nodes the rest would lose quorum and fence itself: they wait until all that is left
 * of the cluster is due, and go together with it.
 */
export function isDeferred(edit: OutageEdit, host: HostProgress): boolean {
  const rest = edit.hosts().filter(({ cluster, step }) => cluster === host.cluster && step !== 'off')
  const going = rest.filter((one) => !isIdle(one))
  if (!costsQuorum(edit, host.cluster, going)) return false
  const allGo = rest.every((one) => one.step !== 'running' || one.stage < 0)
  if (allGo) return false
  const stage = edit.outage.stages[host.stage]
  if (stage !== undefined && stage.deferred === undefined) {
    const sentence = `The stage ${stage.name} waits for the last one: HA of ${host.cluster} stays armed, and without ${list(going.map((one) => one.host))} the rest would lose quorum and fence itself.`
    edit.setStage(host.stage, { deferred: sentence })
    edit.tell('power-stage-deferred', sentence)
  }
  return true
}
