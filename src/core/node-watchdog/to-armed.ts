import { list } from '../phrase.ts'
import { elapsedMs } from '../time.ts'
import { act, isMasked, LOOK_LIMIT_MS, muxRuns } from './for-good.ts'
import type { DisarmRow, Sight, Step } from './types.ts'

const ASK_AGAIN_MS = 30_000

/** First the node's own watchdog, so that HA finds it; then HA. It is never given up. */
export function stepToArmed(row: DisarmRow, sight: Sight): Step {
  if (row.muxTouched) {
    const step = muxBack(row, sight)
    if (step !== undefined) return step
  }
  return row.haAsked ? haBack(row, sight) : done(row, 'It is as it was before.')
}

function muxBack({ node }: DisarmRow, { inside, now }: Sight): Step | undefined {
  if (inside === undefined || elapsedMs(inside.at, now) > LOOK_LIMIT_MS) return { do: 'look' }
  if (!inside.ok) return { do: 'wait', sentence: inside.sentence }
  const { facts } = inside
  if (isMasked(facts)) return act('unmask-mux', `watchdog-mux of ${node} may start again.`)
  if (muxRuns(facts)) return undefined
  if (facts.marker) {
    const sentence = `A stale marker keeps watchdog-mux of ${node} from starting: restart the node.`
    return { do: 'wait', sentence }
  }
  return act('start-mux', `watchdog-mux of ${node} is started.`)
}

function haBack(row: DisarmRow, sight: Sight): Step {
  const { cluster } = row
  if (sight.others.length > 0) {
    return done(row, `HA of ${cluster} stays disarmed for the sake of ${list(sight.others)}.`)
  }
  if (sight.trusted && (sight.armed === 'armed' || sight.armed === 'standby')) {
    return done(row, `HA of ${cluster} is armed again.`)
  }
  const { askedAt } = row
  if (askedAt === undefined || elapsedMs(askedAt, sight.now) >= ASK_AGAIN_MS) return { do: 'arm-ha' }
  const stands = sight.trusted ? `HA of ${cluster} is ${sight.armed}` : 'no fresh view with quorum tells how HA stands'
  return { do: 'wait', sentence: `It was asked to arm itself again; ${stands}.` }
}

function done({ node }: DisarmRow, sentence: string): Step {
  return { do: 'forget', sentence: `${node}: ${sentence}` }
}
