import { corroborate, historyWindow, type RebootWindow } from '../../core/reboots/corroborate.ts'
import { betweenMs, firstLine, lastLine } from '../../core/reboots/journal-line.ts'
import type { BootRecord, Corroboration, RebootEvidence } from '../../core/reboots/types.ts'
import type { NodeKey, SeenNode } from '../../ports/journal-tails.ts'
import type { RebootWatchParts } from './parts.ts'
import { peerLines } from './peer-lines.ts'
import type { Boots } from './read-boots.ts'

/** A boot that has begun, and what is known of the one before. */
export type Begun = NodeKey & {
  readonly host?: string
  readonly bootId?: string
  readonly bootedMs: number
  readonly kernel?: string
  /** As it was last seen in the boot before; missing where it was never seen. */
  readonly before?: SeenNode
  /** Other nodes of its cluster. */
  readonly peers: readonly string[]
}

/** One reboot, ready to be judged. */
export type Case = {
  readonly evidence: RebootEvidence
  /** When the boot after it began. */
  readonly atMs: number
  readonly lastLifeMs?: number
  readonly bootId?: string
}

/** How long a quiet journal may have been silent before the end of its boot. */
const QUIET_MS = 2 * 3_600_000
const SLACK_MS = 30_000
const UNKNOWN_GAP_MS = 900_000
const NETCONSOLE_BEFORE_MS = 60_000
const NETCONSOLE_AFTER_MS = 2_000

/**
 * Everything that can tell why the node rebooted since it was last seen: one case for each reboot, the newest last. Times
 * in a journal are the node's: they are counted from its first line, which is as old as the uptime says.
 */
export function casesOf(parts: RebootWatchParts, begun: Begun, boots: Boots | undefined): readonly Case[] {
  const { before, bootedMs } = begun
  const origin = firstLine(boots?.current ?? [])
  const absolute = (lines: readonly string[], find: typeof lastLine): number | undefined => {
    const line = find(lines)
    return line === undefined || origin === undefined ? undefined : bootedMs - betweenMs(line, origin)
  }
  const earlier = boots?.earlier ?? []
  const reboots = earlier.map((lines, index) => {
    const next = earlier[index + 1]
    const endMs = absolute(lines, lastLine)
    return {
      lines,
      ...(endMs === undefined ? {} : { endMs }),
      atMs: next === undefined ? bootedMs : (absolute(next, firstLine) ?? bootedMs),
      next: next ?? boots?.current ?? [],
    }
  })
  const since = before === undefined ? undefined : before.seenMs - SLACK_MS
  const wanted = reboots.filter(({ atMs }, index) => {
    return index === reboots.length - 1 || (since !== undefined && atMs > since)
  })
  if (wanted.length === 0) {
    return [
      caseOf(parts, begun, { lines: [], atMs: bootedMs, next: boots?.current ?? [] }, { first: true, last: true }),
    ]
  }
  return wanted.map((reboot, index) => {
    return caseOf(parts, begun, reboot, { first: index === 0, last: index === wanted.length - 1 })
  })
}

type Reboot = {
  readonly lines: readonly string[]
  readonly endMs?: number
  readonly atMs: number
  readonly next: readonly string[]
}

/** `first`: the end of the boot in which it was last seen. `last`: the begin of the one that runs. */
function caseOf(
  parts: RebootWatchParts,
  begun: Begun,
  { lines, endMs, atMs, next }: Reboot,
  { first, last }: { readonly first: boolean; readonly last: boolean },
): Case {
  const { node, before, kernel, bootId } = begun
  const seenMs = first ? before?.seenMs : undefined
  // What ended long before it was last seen is the end of another boot: the one in between is not in the journal.
  const isOther = endMs !== undefined && seenMs !== undefined && endMs < seenMs - QUIET_MS
  const previous: BootRecord | undefined = isOther || lines.length === 0 ? undefined : { lines, endMissing: false }
  const lives = [seenMs, isOther ? undefined : endMs].filter((ms) => ms !== undefined)
  const lastLifeMs = lives.length === 0 ? undefined : Math.min(atMs, Math.max(...lives))
  const window = { fromMs: lastLifeMs ?? atMs - UNKNOWN_GAP_MS, untilMs: atMs }
  const copied = first && before?.bootId !== undefined ? parts.tails.tail(begun, before.bootId) : []
  const kernels = releases(first && last ? before?.kernel : undefined, kernel)
  return {
    atMs,
    ...(lastLifeMs === undefined ? {} : { lastLifeMs }),
    ...(last && bootId !== undefined ? { bootId } : {}),
    evidence: {
      node,
      ...(previous === undefined ? {} : { previous }),
      ...(next.length === 0 ? {} : { current: { lines: next, endMissing: true } }),
      ...(copied.length === 0 ? {} : { copy: { lines: copied, endMissing: true } }),
      also: {
        ...seenByOthers(parts, begun, window),
        ...(first && before?.haActive !== undefined ? { haActive: before.haActive } : {}),
        ...(kernels === undefined ? {} : { kernels }),
      },
    },
  }
}

function seenByOthers(parts: RebootWatchParts, begun: Begun, window: RebootWindow): Corroboration {
  const { tails, history, clock, also } = parts
  const { host } = begun
  const peers = peerLines(tails, begun, window, clock.now().wallMs)
  const ofCluster = peers.length === 0 ? {} : { peerLines: peers }
  if (host === undefined) return ofCluster
  const heard = tails
    .kernelLines(host, window.fromMs - NETCONSOLE_BEFORE_MS)
    ?.filter(({ atMs }) => atMs <= window.untilMs + NETCONSOLE_AFTER_MS)
  return {
    ...corroborate(host, window, history(historyWindow(window))),
    ...also?.(host, window),
    ...ofCluster,
    ...(heard === undefined ? {} : { netconsole: heard.map(({ text }) => text) }),
  }
}

/** `Linux 6.14.8-2-pve #1 SMP ...` as the API tells it. */
const RELEASE = /\d+\.\d+\.\S+/

function releases(before: string | undefined, after: string | undefined): Corroboration['kernels'] {
  const was = RELEASE.exec(before ?? '')?.[0]
  const is = RELEASE.exec(after ?? '')?.[0]
  return was === undefined || is === undefined ? undefined : { before: was, after: is }
}
