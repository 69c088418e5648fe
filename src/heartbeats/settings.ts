import { duration } from '../config/values.ts'
import { pinning } from '../tls/pinning.ts'

/** What every service that is called over HTTP can be told. */
export const callKeys = () => ({
  timeout: duration(100, 60_000).prefault('10s').describe('How long one call may take.'),
  tls: pinning().optional(),
})
