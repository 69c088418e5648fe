/** How a node stood when it was looked at. */
export type BootSight = {
  readonly bootId?: string
  readonly uptimeS: number
}

/** Uptime is told in whole seconds, and calls take a while. */
const SLACK_S = 10
/** A virtual machine that stood still has less uptime than time has passed, and is no other boot for that. */
const FALLEN_BEHIND_S = 60

/**
 * Whether another boot is running than at the last look, `elapsedMs` ago. Boot ids decide where both are known. Without
 * them: uptime that went back, or that has just begun within the time in between.
 */
export function isAnotherBoot(before: BootSight, now: BootSight, elapsedMs: number): boolean {
  if (before.bootId !== undefined && now.bootId !== undefined) return before.bootId !== now.bootId
  if (now.uptimeS + SLACK_S < before.uptimeS) return true
  const elapsedS = elapsedMs / 1000
  return now.uptimeS <= elapsedS + SLACK_S && now.uptimeS + FALLEN_BEHIND_S < before.uptimeS + elapsedS
}
