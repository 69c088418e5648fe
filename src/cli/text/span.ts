const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const

/** The two largest units of a span of time: `2d4h`, `7m0s`, `12s`. */
export function span(ms: number): string {
  const rounded = Math.max(0, Math.round(ms / 1000) * 1000)
  const first = UNITS.findIndex(([, size]) => rounded >= size)
  if (first < 0) return '0s'
  const [unit, size] = UNITS[first] as (typeof UNITS)[number]
  const next = UNITS[first + 1]
  const amount = `${Math.floor(rounded / size)}${unit}`
  return next === undefined ? amount : `${amount}${Math.floor((rounded % size) / next[1])}${next[0]}`
}

/** `in 7m0s`, or `overdue by 12s`. */
export function until(inMs: number): string {
  return inMs < -1000 ? `overdue by ${span(-inMs)}` : `in ${span(inMs)}`
}

/** A sentence with its time: `It is turned on, in 7m0s.` */
export function withDue(sentence: string, due: { readonly inMs: number } | undefined): string {
  return due === undefined ? sentence : `${sentence.replace(/\.$/, '')}, ${until(due.inMs)}.`
}

const two = (value: number) => String(value).padStart(2, '0')

/** `2025-03-01 12:00:00`, in the time zone of whoever reads it. */
export function localTime(iso: string): string {
  const date = new Date(iso)
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${clockTime(iso)}`
}

/** `12:00:00`, in the time zone of whoever reads it. */
export function clockTime(iso: string): string {
  const date = new Date(iso)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}
