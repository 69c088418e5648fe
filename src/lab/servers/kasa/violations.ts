/** What no careful client ever does. */
export type ViolationCode =
  | 'relay-without-context'
  | 'several-children'
  | 'short-child-id'
  | 'child-id-prefixed-twice'
  | 'unusual-http'
  | 'cookie-with-attributes'
  | 'bad-sequence'
  | 'bad-signature'
  | 'malformed-request'
  | 'concurrent-query'

export type Violation = {
  readonly atMs: number
  readonly strip: string
  readonly code: ViolationCode
  readonly detail: string
}

/** One request that the device understood, in the words of its dialect. `child` is an outlet's number. */
export type Query = {
  readonly atMs: number
  readonly realMs: number
  readonly transport: string
  /** `module.method`, several joined with a comma. */
  readonly methods: string
  readonly child?: number
  readonly arguments: unknown
}

/** A record that forgets its oldest entry rather than grow for ever. */
export class BoundedRecord<T> {
  readonly #limit: number
  readonly #entries: T[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  add(entry: T): void {
    if (this.#entries.length >= this.#limit) this.#entries.shift()
    this.#entries.push(entry)
  }

  all(): readonly T[] {
    return [...this.#entries]
  }
}
