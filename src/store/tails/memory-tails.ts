import type { CommitOutcome } from '../../ports/journal.ts'
import type { JournalTails, JudgedReboot, KernelLine, NodeKey, SeenNode } from '../../ports/journal-tails.ts'
import { LIMITS, newest } from './limits.ts'

export type BootLines = NodeKey & { readonly boot: string; readonly lines: readonly string[] }

/** The same without a disk, and what waits for one. Bounded as the disk is. */
export class MemoryTails implements JournalTails {
  readonly #outcome: CommitOutcome
  /** By node, then by boot; the newest last. */
  readonly #tails = new Map<string, Map<string, BootLines>>()
  readonly #kernelLines = new Map<string, KernelLine[]>()
  readonly #seen = new Map<string, SeenNode>()
  readonly #judged = new Map<string, JudgedReboot[]>()

  constructor(outcome: CommitOutcome = { ok: true }) {
    this.#outcome = outcome
  }

  add(node: NodeKey, boot: string, lines: readonly string[]): void {
    const clean = lines.map((line) => line.replaceAll(/[\r\n]+/g, ' '))
    const boots = entryOf(this.#tails, keyOf(node), LIMITS.nodes, () => new Map<string, BootLines>())
    const before = boots.get(boot)?.lines ?? []
    boots.delete(boot)
    boots.set(boot, { cluster: node.cluster, node: node.node, boot, lines: newest([...before, ...clean], LIMITS) })
    for (const old of [...boots.keys()].slice(0, -LIMITS.boots)) boots.delete(old)
  }

  tail(node: NodeKey, boot: string): readonly string[] {
    return this.#tails.get(keyOf(node))?.get(boot)?.lines ?? []
  }

  addKernelLine(host: string, line: KernelLine): void {
    const lines = entryOf(this.#kernelLines, host, LIMITS.hosts, (): KernelLine[] => [])
    lines.push({ ...line, text: line.text.replaceAll(/[\r\n]+/g, ' ') })
    if (lines.length >= 2 * LIMITS.kernelLines) lines.splice(0, lines.length - LIMITS.kernelLines)
  }

  kernelLines(host: string, sinceMs: number): readonly KernelLine[] | undefined {
    return this.#kernelLines
      .get(host)
      ?.slice(-LIMITS.kernelLines)
      .filter(({ atMs }) => atMs >= sinceMs)
  }

  see(node: SeenNode): void {
    this.#seen.delete(keyOf(node))
    this.#seen.set(keyOf(node), node)
    for (const old of [...this.#seen.keys()].slice(0, -LIMITS.nodes)) this.#seen.delete(old)
  }

  seen(node: NodeKey): SeenNode | undefined {
    return this.#seen.get(keyOf(node))
  }

  judge(reboot: JudgedReboot): void {
    const all = entryOf(this.#judged, keyOf(reboot), LIMITS.nodes, (): JudgedReboot[] => [])
    all.push(reboot)
    if (all.length > LIMITS.reboots) all.shift()
  }

  judged(node: NodeKey, limit: number): readonly JudgedReboot[] {
    return (this.#judged.get(keyOf(node)) ?? []).slice(-Math.max(0, limit)).toReversed().slice(0, Math.max(0, limit))
  }

  flush(): CommitOutcome {
    return this.#outcome
  }

  /** For whoever writes it down: takes out a part, the journals' lines up to about so many characters. */
  take(characters: number): Part {
    const journals: BootLines[] = []
    let room = characters
    for (const boots of this.#tails.values()) {
      for (const [boot, lines] of boots) {
        if (room <= 0) break
        boots.delete(boot)
        journals.push(lines)
        room -= lines.lines.reduce((sum, line) => sum + line.length, 0)
      }
    }
    const kernelLines = [...this.#kernelLines].flatMap(([host, lines]) => lines.map((line) => ({ host, ...line })))
    const part = { journals, kernelLines, seen: [...this.#seen.values()], judged: [...this.#judged.values()].flat() }
    this.#kernelLines.clear()
    this.#seen.clear()
    this.#judged.clear()
    return { ...part, more: [...this.#tails.values()].some((boots) => boots.size > 0) }
  }

  /** What could not be written, before whatever has come since. */
  giveBack({ journals, kernelLines, seen, judged }: Part): void {
    for (const { boot, lines, ...node } of journals) {
      const since = this.tail(node, boot)
      this.#tails.get(keyOf(node))?.delete(boot)
      this.add(node, boot, [...lines, ...since])
    }
    const later = [...this.#kernelLines].flatMap(([host, lines]) => lines.map((line) => ({ host, ...line })))
    this.#kernelLines.clear()
    for (const { host, ...line } of [...kernelLines, ...later]) this.addKernelLine(host, line)
    for (const node of seen) if (!this.#seen.has(keyOf(node))) this.see(node)
    const newer = [...this.#judged.values()].flat()
    this.#judged.clear()
    for (const reboot of [...judged, ...newer]) this.judge(reboot)
  }
}

export type Part = {
  readonly journals: readonly BootLines[]
  readonly kernelLines: readonly (KernelLine & { readonly host: string })[]
  readonly seen: readonly SeenNode[]
  readonly judged: readonly JudgedReboot[]
  readonly more: boolean
}

export function keyOf({ cluster, node }: NodeKey): string {
  return JSON.stringify([cluster, node])
}

/** Makes room by dropping the key that was first used the longest ago. */
function entryOf<T>(map: Map<string, T>, key: string, most: number, make: () => T): T {
  const known = map.get(key)
  if (known !== undefined) return known
  const [oldest] = map.keys()
  if (map.size >= most && oldest !== undefined) map.delete(oldest)
  const made = make()
  map.set(key, made)
  return made
}
