import type { Lrm, NodeView } from '../../core/cluster/types.ts'
import type { JudgedReboot, NodeKey, SeenNode } from '../../ports/journal-tails.ts'

/** What a node's own view says of its boot; undefined where it said nothing of itself yet. */
export function sightOf(key: NodeKey, view: NodeView | undefined): SeenNode | undefined {
  const own = view?.own
  if (view === undefined || own === undefined) return undefined
  const { uptimeS, kernel, bootId } = own.value
  const lrm = view.ha?.value.lrms.find(({ node }) => node === key.node)
  return {
    cluster: key.cluster,
    node: key.node,
    bootedMs: own.at.wallMs - uptimeS * 1000,
    seenMs: own.at.wallMs,
    uptimeS,
    kernel,
    ...(bootId === undefined ? {} : { bootId }),
    ...(lrm === undefined || lrm.dead ? {} : { haActive: isActive(lrm) }),
  }
}

/** An idle LRM has its watchdog closed and does not fence itself. */
function isActive({ state, watchdog }: Lrm): boolean {
  return watchdog === 'active' || state === 'active' || state === 'lost_agent_lock'
}

/** Uptime is told in whole seconds, and calls take a while. */
const SAME_BOOT_MS = 60_000

/** Whether this reboot led to the boot that was seen. */
export function ledTo(reboot: JudgedReboot, seen: SeenNode): boolean {
  if (reboot.bootId !== undefined && seen.bootId !== undefined) return reboot.bootId === seen.bootId
  return Math.abs(reboot.atMs - seen.bootedMs) <= SAME_BOOT_MS
}
