import type { HostPolicy } from '../policy.ts'
import type { Draft } from '../state/draft.ts'
import { recordOf } from '../state/initial.ts'
import type { HostNow } from '../state/types.ts'
import { reached } from '../time.ts'

/** The end of a supervised cycle: silent while off, alive after it, and nobody else disturbed proves the mapping. */
export function watchVerification(draft: Draft, host: HostPolicy, now: HostNow): void {
  const { verifying } = recordOf(draft.state, host.name)
  if (verifying === undefined) return
  const about = { host: host.name, intent: verifying.intent }
  const answeredSince = now.lastLifeAt !== undefined && reached(verifying.since, now.lastLifeAt)
  const alive = now.verdict === 'up' && now.failures === 0 && answeredSince
  if (alive && verifying.sawSilence) {
    draft.putRecord(host.name, { verifying: undefined, mappingSuspect: undefined, mappingVerifiedAt: draft.now })
    draft.tell(
      'mapping-verified',
      `${host.name} went silent with its outlet and came back with it: the mapping is verified.`,
      about,
    )
  } else if (alive) {
    draft.putRecord(host.name, { verifying: undefined })
    draft.tell(
      'mapping-unproven',
      `${host.name} answers, but was not seen silent while its outlet was off: nothing is proven. Try again.`,
      about,
    )
  } else if (reached(verifying.until, draft.now)) {
    draft.putRecord(host.name, { verifying: undefined })
    draft.tell(
      'mapping-unproven',
      `${host.name} did not come back in its boot grace: the mapping is not proven. Look at the host.`,
      about,
    )
  } else {
    draft.wakeBy(verifying.until)
  }
}
