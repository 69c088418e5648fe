import type { Health } from '../../api/health.ts'
import type { Daemon } from '../../ports/daemon.ts'
import { maybe, pastOf } from './moments.ts'

export function healthOf(daemon: Daemon): Health {
  const { lastRoundAt, reasons, ...rest } = daemon.health()
  const now = daemon.now()
  return {
    ...rest,
    reasons: [...reasons],
    lastRound: maybe(lastRoundAt, (at) => pastOf(at, now)),
    storeWritable: storeWritable(daemon),
  }
}

/** Until the first round has spoken there is no reason to think otherwise. */
export function storeWritable(daemon: Daemon): boolean {
  return daemon.state().roundNow.now?.storeOk !== false
}
