import { spell } from '../phrase.ts'
import type { Draft } from '../state/draft.ts'
import { roundOf } from '../state/initial.ts'
import { type At, elapsedMs } from '../time.ts'
import { describeStorm, notAlive, stormLimit } from './guards/storm.ts'

/** Remembers since when each cluster has had too many silent hosts, and tells when that begins and ends. */
export function watchStorms(draft: Draft): void {
  const round = roundOf(draft.state)
  // Before the grace is over nobody is known to live: that is no storm.
  if (elapsedMs(round.graceFrom, draft.now) < draft.state.policy.startupGraceMs) return
  const storms: Record<string, At> = {}
  let changed = false
  for (const cluster of clustersOf(draft)) {
    const names = notAlive(draft.state, cluster)
    const limit = stormLimit(draft.state, cluster)
    const since = round.storms[cluster]
    if (names.length > limit) {
      storms[cluster] = since ?? draft.now
      if (since !== undefined) continue
      changed = true
      draft.tell('storm', describeStorm(names, limit, draft.state.policy.stormCanaryAfterMs))
    } else if (since !== undefined) {
      changed = true
      draft.tell('storm-over', `The storm is over after ${spell(elapsedMs(since, draft.now))}.`)
    }
  }
  if (changed) draft.putRound({ storms, ...(Object.keys(storms).length === 0 ? { stormCanary: undefined } : {}) })
}

function clustersOf(draft: Draft): Set<string> {
  const clusters = new Set<string>()
  for (const { cluster } of draft.state.policy.hosts) clusters.add(cluster)
  return clusters
}
