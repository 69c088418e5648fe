import type { CommitOutcome } from '../../ports/journal.ts'
import type { JournalTails, JudgedReboot, KernelLine, NodeKey, SeenNode } from '../../ports/journal-tails.ts'
import { failureOf } from '../failure.ts'
import type { Writer } from '../writer.ts'
import { FLUSH_CHARACTERS, LIMITS, newest } from './limits.ts'
import { MemoryTails, type Part } from './memory-tails.ts'
import { TailRows } from './tail-rows.ts'

const WHAT = 'The ends of journals cannot be written'

/** The tails in the file of the state, through its one writer: what is not flushed yet is in memory. */
export class SqliteJournalTails implements JournalTails {
  readonly #writer: Writer
  readonly #rows: TailRows
  readonly #waiting = new MemoryTails()

  constructor(writer: Writer) {
    this.#writer = writer
    this.#rows = new TailRows(writer.database)
  }

  add(node: NodeKey, boot: string, lines: readonly string[]): void {
    if (lines.length > 0) this.#waiting.add(node, boot, lines)
  }

  tail(node: NodeKey, boot: string): readonly string[] {
    const written = this.#read([], () => this.#rows.lines(node, boot))
    return newest([...written, ...this.#waiting.tail(node, boot)], LIMITS)
  }

  addKernelLine(host: string, line: KernelLine): void {
    this.#waiting.addKernelLine(host, line)
  }

  kernelLines(host: string, sinceMs: number): readonly KernelLine[] | undefined {
    const written = this.#read(undefined, () => this.#rows.kernelLines(host, sinceMs))
    const waiting = this.#waiting.kernelLines(host, sinceMs)
    if (written === undefined) return waiting
    return [...written, ...(waiting ?? [])].slice(-LIMITS.kernelLines)
  }

  see(node: SeenNode): void {
    this.#waiting.see(node)
  }

  seen(node: NodeKey): SeenNode | undefined {
    return this.#waiting.seen(node) ?? this.#read(undefined, () => this.#rows.seen(node))
  }

  judge(reboot: JudgedReboot): void {
    this.#waiting.judge(reboot)
  }

  judged(node: NodeKey, limit: number): readonly JudgedReboot[] {
    const waiting = this.#waiting.judged(node, limit)
    const written = this.#read([], () => this.#rows.judged(node, limit))
    return [...waiting, ...written].slice(0, Math.max(0, limit))
  }

  flush(): CommitOutcome & { readonly more?: boolean } {
    const part = this.#waiting.take(FLUSH_CHARACTERS)
    if (isEmpty(part)) return { ok: true, more: false }
    const written = this.#write(part)
    if (written.ok) return { ok: true, more: part.more }
    this.#waiting.giveBack(part)
    return written
  }

  #write({ journals, kernelLines, seen, judged }: Part): CommitOutcome {
    try {
      return this.#writer.write(WHAT, () => {
        for (const boot of journals) this.#rows.addLines(boot)
        for (const [host, lines] of Map.groupBy(kernelLines, ({ host }) => host)) this.#rows.addKernelLines(host, lines)
        for (const node of seen) this.#rows.see(node)
        for (const reboot of judged) this.#rows.judge(reboot)
      })
    } catch (error) {
      // A value that SQLite does not take.
      return failureOf(error, WHAT)
    }
  }

  /** A disk that cannot be read must not stop anything: what is in memory is known. */
  #read<T>(otherwise: T, read: () => T): T {
    if (this.#writer.closed) return otherwise
    try {
      return read()
    } catch {
      return otherwise
    }
  }
}

function isEmpty({ journals, kernelLines, seen, judged }: Part): boolean {
  return journals.length + kernelLines.length + seen.length + judged.length === 0
}
