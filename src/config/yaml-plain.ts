import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml'
import type { Path } from './path.ts'

const DEEPEST = 32
const MOST_VALUES = 300_000

type Trouble = { readonly offset: number; readonly path: Path; readonly message: string }

export type PlainData = {
  readonly data: unknown
  readonly troubles: readonly Trouble[]
  /** The offset of the key or value at `path`, or of its nearest ancestor that is there. */
  offset(path: Path, at: 'key' | 'value'): number | undefined
}

type Place = { readonly key?: number; readonly value: number }

/** Null and the slash cannot both be in a step, so joined paths stay distinct. */
const keyOf = (path: Path) => path.map((step) => (typeof step === 'number' ? `#${step}` : `.${step}`)).join('\u0000')

/**
 * The document as plain maps and lists, with the place of each value. The library's own conversion is not used: it
 * throws for aliases without an anchor, makes circular data of anchors within themselves, and forgets the places.
 */
export function plainData(document: Document.Parsed): PlainData {
  const walk = new Walk()
  const data = document.contents === null ? undefined : walk.value(document.contents, [], 0)
  return {
    data,
    troubles: walk.troubles,
    offset(path, at) {
      for (let length = path.length; length >= 0; length--) {
        const place = walk.places.get(keyOf(path.slice(0, length)))
        if (place === undefined) continue
        // A missing value is told at the key of what should hold it; that is where the eye looks first.
        const wantsKey = at === 'key' || length < path.length
        return wantsKey ? (place.key ?? place.value) : place.value
      }
      return undefined
    },
  }
}

class Walk {
  readonly troubles: Trouble[] = []
  readonly places = new Map<string, Place>()
  readonly #anchors = new Map<string, Node>()
  readonly #open = new Set<Node>()
  #values = 0

  value(node: unknown, path: Path, before: number, key?: number): unknown {
    const offset = offsetOf(node) ?? key ?? before
    this.places.set(keyOf(path), key === undefined ? { value: offset } : { key, value: offset })
    if (++this.#values > MOST_VALUES || path.length > DEEPEST) {
      const message = path.length > DEEPEST ? 'the file is nested too deeply' : 'the file has too many values'
      if (!this.troubles.some((trouble) => trouble.message === message))
        this.troubles.push({ offset, path: path.slice(0, 3), message })
      return undefined
    }
    const resolved = isAlias(node) ? this.#alias(node.source, offset, path) : (node as Node | null)
    if (resolved === null || resolved === undefined) return null
    const anchor = (resolved as { anchor?: string }).anchor
    if (anchor !== undefined) this.#anchors.set(anchor, resolved)
    if (isScalar(resolved)) return resolved.value
    this.#open.add(resolved)
    const plain = isSeq(resolved)
      ? resolved.items.map((item, index) => this.value(item, [...path, index], offset))
      : isMap(resolved)
        ? this.#map(resolved.items, path, offset)
        : null
    this.#open.delete(resolved)
    return plain
  }

  #alias(name: string, offset: number, path: Path): Node | undefined {
    const target = this.#anchors.get(name)
    if (target !== undefined && !this.#open.has(target)) return target
    const message =
      target === undefined ? 'the alias (*name) has no anchor (&name) before it' : 'the alias is inside its own anchor'
    this.troubles.push({ offset, path, message })
    return undefined
  }

  #map(pairs: readonly Pair[], path: Path, before: number): Record<string, unknown> {
    const plain: Record<string, unknown> = Object.create(null)
    const merged: { pair: Pair; offset: number }[] = []
    for (const pair of pairs) {
      const offset = offsetOf(pair.key) ?? before
      const name = isScalar(pair.key) && pair.key.value !== null ? String(pair.key.value) : undefined
      if (name === undefined) {
        this.troubles.push({ offset, path, message: 'a key must be plain text' })
      } else if (name === '<<') {
        merged.push({ pair, offset })
      } else {
        plain[name] = this.value(pair.value, [...path, name], offset, offset)
      }
    }
    for (const { pair, offset } of merged) this.#merge(plain, pair.value, path, offset)
    return plain
  }

  /** `<<: *name`: the keys of another map, where they are not given here. */
  #merge(plain: Record<string, unknown>, node: unknown, path: Path, before: number): void {
    const offset = offsetOf(node) ?? before
    const source = isAlias(node) ? this.#alias(node.source, offset, path) : node
    if (isSeq(source)) {
      for (const item of source.items) this.#merge(plain, item, path, offset)
    } else if (isMap(source)) {
      const absent = source.items.filter((pair) => isScalar(pair.key) && !Object.hasOwn(plain, String(pair.key.value)))
      if (++this.#values <= MOST_VALUES) Object.assign(plain, this.#map(absent, path, offset))
    } else if (source !== undefined) {
      this.troubles.push({ offset, path, message: '`<<` takes a map, such as `<<: *name`' })
    }
  }
}

function offsetOf(node: unknown): number | undefined {
  return (node as { range?: readonly number[] } | null | undefined)?.range?.[0]
}
