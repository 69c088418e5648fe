import { type Datagram, type Header, textOf } from './datagram.ts'

type Extended = Extract<Datagram, { kind: 'extended' }>
type Assembly = { readonly header: Header; readonly body: Buffer; readonly begunMs: number; parts: [number, number][] }

const LONGEST_MESSAGE = 65_536
const MOST_ASSEMBLIES = 8
/** The parts of a message leave at once; what is missing after this was lost on the way. */
const PATIENCE_MS = 1_000
const GAP = ' [...] '

/** Puts the messages of one host together that were cut for their length. A lost part costs that part alone. */
export class Fragments {
  /** Oldest first, by sequence number. */
  readonly #assemblies = new Map<string, Assembly>()

  get waiting(): number {
    return this.#assemblies.size
  }

  /** Takes a part; answers the text of every message that is whole by it, or is given up. */
  take({ header, body, fragment }: Extended, nowMs: number): readonly string[] {
    if (fragment === undefined) return [textOf(header, body)]
    const { offset, total } = fragment
    if (total > LONGEST_MESSAGE || offset + body.length > total) return [textOf(header, body)]
    const given = this.#room(header.sequence)
    const assembly = this.#assemblies.get(header.sequence) ?? {
      header,
      body: Buffer.alloc(total),
      begunMs: nowMs,
      parts: [],
    }
    this.#assemblies.set(header.sequence, assembly)
    // Another message under the same number: the kernel has started anew.
    if (assembly.body.length !== total) return [...given, ...this.#end(header.sequence), textOf(header, body)]
    body.copy(assembly.body, offset)
    assembly.parts.push([offset, offset + body.length])
    return isWhole(assembly) ? [...given, ...this.#end(header.sequence)] : given
  }

  /** What has waited for too long, or all that waits. */
  give(nowMs: number | 'all'): readonly string[] {
    const due = [...this.#assemblies].filter(([, { begunMs }]) => nowMs === 'all' || nowMs - begunMs >= PATIENCE_MS)
    return due.flatMap(([sequence]) => this.#end(sequence))
  }

  #room(sequence: string): readonly string[] {
    if (this.#assemblies.has(sequence) || this.#assemblies.size < MOST_ASSEMBLIES) return []
    const [oldest = ''] = this.#assemblies.keys()
    return this.#end(oldest)
  }

  #end(sequence: string): readonly string[] {
    const assembly = this.#assemblies.get(sequence)
    if (assembly === undefined) return []
    this.#assemblies.delete(sequence)
    return [textOf(assembly.header, known(assembly))]
  }
}

function merged(parts: readonly [number, number][]): readonly [number, number][] {
  const whole: [number, number][] = []
  for (const [from, to] of parts.toSorted(([a], [b]) => a - b)) {
    const before = whole.at(-1)
    if (before !== undefined && from <= before[1]) before[1] = Math.max(before[1], to)
    else whole.push([from, to])
  }
  return whole
}

function isWhole({ parts, body }: Assembly): boolean {
  const [first, ...others] = merged(parts)
  return others.length === 0 && first !== undefined && first[0] === 0 && first[1] === body.length
}

/** What there is, with a mark wherever something is missing. */
function known({ parts, body }: Assembly): Buffer {
  const there = merged(parts)
  const pieces = there.flatMap(([from, to], index) => {
    const gap = index === 0 ? from > 0 : true
    return gap ? [Buffer.from(GAP), body.subarray(from, to)] : [body.subarray(from, to)]
  })
  const cut = (there.at(-1)?.[1] ?? 0) < body.length
  return Buffer.concat(cut ? [...pieces, Buffer.from(GAP)] : pieces)
}
