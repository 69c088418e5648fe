const BYTES = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** `3.4 GiB`, `512 MiB`, `0 B`. */
export function bytes(amount: number): string {
  let index = 0
  let value = Math.max(0, amount)
  while (value >= 1023.5 && index < BYTES.length - 1) {
    value /= 1024
    index += 1
  }
  return `${value < 9.95 && index > 0 ? value.toFixed(1) : Math.round(value)} ${BYTES[index]}`
}

/** `12 %`, `0.4 %`. */
export function percent(ratio: number): string {
  const value = ratio * 100
  return `${value !== 0 && Math.abs(value) < 9.95 ? value.toFixed(1) : Math.round(value)} %`
}

/** `2.1 of 7.5 GiB`, in the unit of the whole. */
export function share(part: number, whole: number): string {
  const shown = bytes(whole)
  const unit = shown.split(' ')[1] ?? 'B'
  const size = 1024 ** Math.max(0, BYTES.indexOf(unit as (typeof BYTES)[number]))
  const value = part / size
  return `${value < 9.95 && size > 1 ? value.toFixed(1) : Math.round(value)} of ${shown}`
}

/** `1 failure`, `2 failures`. */
export function count(amount: number, word: string, several = `${word}s`): string {
  return `${amount} ${amount === 1 ? word : several}`
}
