import type { ApiVersion } from '../../core/cluster/types.ts'

/** What came with a version of Proxmox VE. Nothing here is asked of an older node; it would answer 501. */
const SINCE = {
  /** `POST /cluster/ha/status/disarm-ha` and `arm-ha`: pve-ha-manager 5.1.3. */
  'disarm-ha': [9, 2],
} as const satisfies Record<string, readonly [number, number]>

export type Feature = keyof typeof SINCE

/** `undefined` where the version is not known or makes no sense: then asking is the way to learn it. */
export function supports(version: ApiVersion | undefined, feature: Feature): boolean | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version?.release ?? '') ?? []
  if (major === undefined || minor === undefined) return undefined
  const [sinceMajor, sinceMinor] = SINCE[feature]
  return Number(major) > sinceMajor || (Number(major) === sinceMajor && Number(minor) >= sinceMinor)
}

export function since(feature: Feature): string {
  return SINCE[feature].join('.')
}
