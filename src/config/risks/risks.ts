import type { Configuration } from '../configuration.ts'
import {
  actingUntold,
  alertmanagerForgets,
  channelUrl,
  criticalToNobody,
  nobodyOutside,
  oneChannel,
  unusedChannel,
} from './alerting.ts'
import { noHosts, nothingToCycle, runsHere, sharedAddress, weakProbes } from './hosts.ts'
import { noReference, referenceIsHost } from './references.ts'
import type { Risk, RiskRule, Surroundings } from './risk.ts'
import { bootGraceShort, dayLimitFirst, offHoldShort, quickToCut } from './timing.ts'
import { fileWritable, secretMissing, secretReadable, tlsUnverified } from './trust.ts'

const RULES: readonly RiskRule[] = [
  noHosts,
  nothingToCycle,
  actingUntold,
  oneChannel,
  nobodyOutside,
  criticalToNobody,
  unusedChannel,
  alertmanagerForgets,
  channelUrl,
  noReference,
  referenceIsHost,
  runsHere,
  sharedAddress,
  weakProbes,
  quickToCut,
  bootGraceShort,
  offHoldShort,
  dayLimitFirst,
  secretMissing,
  tlsUnverified,
  secretReadable,
  fileWritable,
]

/** What is accepted but risky, the gravest kinds first. */
export function risks(configuration: Configuration, surroundings: Surroundings = {}): Risk[] {
  return RULES.flatMap((rule) => rule(configuration, surroundings))
}
