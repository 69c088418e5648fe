import type { Health } from '../../api/health.ts'
import type { Daemon } from '../../ports/daemon.ts'
import { briefOf } from './alerting.ts'
import { maybe, pastOf } from './moments.ts'

export function healthOf(daemon: Daemon): Health {
  const { lastRoundAt, reasons, ...rest } = daemon.health()
  const now = daemon.now()
  return {
    ...rest,
    reasons: [...reasons],
    lastRound: maybe(lastRoundAt, (at) => pastOf(at, now)),
    storeWritable: storeWritable(daemon),
    proved: maybe(daemon.proof?.(), (proof) => ({ well: proof.well, reasons: [...proof.reasons] })),
    alerting: alertingBrief(daemon),
  }
}

/** An alert path that cannot be asked must not take the health of the rest with it: that is when it is needed most. */
function alertingBrief(daemon: Daemon): Health['alerting'] {
  try {
    return maybe(daemon.alerting, (alerting) => briefOf(alerting.status(), daemon.now()))
  } catch {
    return undefined
  }
}

/** Until the first round has spoken there is no reason to think otherwise. */
export function storeWritable(daemon: Daemon): boolean {
  return daemon.state().roundNow.now?.storeOk !== false
}
