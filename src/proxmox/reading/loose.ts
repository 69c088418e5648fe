/**
 * Reads what the API gives, loosely: numbers may be strings, booleans are 0, 1, "1" or true, fields come and go with the
 * versions. By hand and not by a schema: a thousand rows are read every few seconds, each field has its own idea of what
 * to do without it, and the API's own declarations do not match a third of its answers.
 */
export type Row = Readonly<Record<string, unknown>>

/** Of an object; undefined of anything else. */
export function row(value: unknown): Row | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : undefined
}

/** The objects of a list; undefined where it is none. */
export function rows(value: unknown): readonly Row[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.filter((each): each is Row => row(each) !== undefined)
}

/** `undefined` where it is missing, empty or no number. */
export function maybeNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string' || value.trim() === '') return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}

export function number(value: unknown): number {
  return maybeNumber(value) ?? 0
}

/** `undefined` where it is missing or empty. */
export function maybeText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function text(value: unknown): string {
  return maybeText(value) ?? ''
}

export function flag(value: unknown): boolean {
  return value === true || value === 1 || value === '1' || value === 'true' || value === 'yes' || value === 'on'
}

/** An optional field: nothing where there is no value, so that it is missing and not undefined. */
export function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V }
}

/** `a=1,b=2` as Proxmox writes settings; what has no `=` goes by `first`. */
export function settings(value: string, first: string): Readonly<Record<string, string>> {
  const pairs = value.split(',').map((part): [string, string] => {
    const at = part.indexOf('=')
    return at === -1 ? [first, part.trim()] : [part.slice(0, at).trim(), part.slice(at + 1).trim()]
  })
  return Object.fromEntries(pairs)
}
