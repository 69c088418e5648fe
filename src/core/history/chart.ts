import type { Sample } from './lines.ts'

/** One value for each column of a chart; missing where nothing was recorded. */
export function columnsOf(
  samples: readonly Sample[],
  span: { readonly fromS: number; readonly toS: number; readonly stepS: number },
  width: number,
): readonly (number | undefined)[] {
  const { fromS, toS, stepS } = span
  const columnS = (toS - fromS) / width
  return Array.from({ length: width }, (_, index) => {
    const beginS = fromS + index * columnS
    // A sample holds for the whole of its length: a coarse one fills several columns.
    const inside = samples.filter(({ timeS }) => timeS < beginS + columnS && timeS + stepS > beginS)
    const values = inside.flatMap(({ value }) => (value === undefined ? [] : [value]))
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
  })
}

/** The next number above that is round in this unit: 1, 2 or 5 and zeros; for bytes of their own powers. */
export function niceTop(max: number, unit: 'ratio' | 'bytes-per-second' | 'load'): number {
  if (unit === 'ratio') return [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1].find((top) => max <= top) ?? Math.ceil(max)
  if (!(max > 0)) return 1
  const base = unit === 'load' ? 1 : 1024 ** Math.max(0, Math.floor(Math.log(max) / Math.log(1024)))
  const ten = 10 ** Math.floor(Math.log10(max / base))
  return ([1, 2, 5, 10].find((step) => max <= step * ten * base) ?? 10) * ten * base
}

/**
 * Rows of a chart from the top down, each as wide as there are columns. `levels`: the characters of one row, from empty
 * to full. What was recorded and is near nothing still leaves a trace; what was not recorded leaves none.
 */
export function chartRows(
  columns: readonly (number | undefined)[],
  top: number,
  height: number,
  levels: readonly string[],
): readonly string[] {
  const steps = levels.length - 1
  const filled = columns.map((value) => {
    if (value === undefined) return 0
    return Math.max(1, Math.min(height * steps, Math.round((value / top) * height * steps)))
  })
  return Array.from({ length: height }, (_, row) => {
    const below = (height - 1 - row) * steps
    return filled.map((amount) => levels[Math.max(0, Math.min(steps, amount - below))] ?? ' ').join('')
  })
}
