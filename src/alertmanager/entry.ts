export type Path = readonly (string | number)[]

/** A parsed YAML file that still knows where each of its values stands. Lines and columns count from 1. */
export type Source = {
  readonly data: unknown
  position(path: Path, at?: 'key' | 'value'): { readonly line: number; readonly column: number } | undefined
}

const TRUE = /^(?:y|yes|on|true)$/i
const FALSE = /^(?:n|no|off|false)$/i

/** A place in the file, whether something is there or not: whatever its shape, asking it never throws. */
export class Entry {
  readonly value: unknown
  readonly path: Path

  constructor(value: unknown, path: Path = []) {
    this.value = value
    this.path = path
  }

  /** It is written there, and be it as null. */
  get given(): boolean {
    return this.value !== undefined
  }

  get isMap(): boolean {
    return typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value)
  }

  get(key: string): Entry {
    const own = this.isMap && Object.hasOwn(this.value as object, key)
    return new Entry(own ? (this.value as Record<string, unknown>)[key] : undefined, [...this.path, key])
  }

  /** Of a list; none of anything else. */
  items(): Entry[] {
    return Array.isArray(this.value) ? this.value.map((item, index) => new Entry(item, [...this.path, index])) : []
  }

  fields(): (readonly [string, Entry])[] {
    return this.isMap ? Object.keys(this.value as object).map((key) => [key, this.get(key)] as const) : []
  }

  /** Of a scalar. Null is none. */
  text(): string | undefined {
    return ['string', 'number', 'boolean'].includes(typeof this.value) ? String(this.value) : undefined
  }

  texts(): string[] {
    return this.items().flatMap((item) => item.text() ?? [])
  }

  /** As Alertmanager's YAML 1.1 reads it: `yes` and `off` are words for it, too. */
  flag(): boolean | undefined {
    const text = this.text() ?? ''
    if (TRUE.test(text)) return true
    return FALSE.test(text) ? false : undefined
  }
}
