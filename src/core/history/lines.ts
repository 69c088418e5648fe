import type { HistoryUnit, LineRecipe, Point } from './metrics.ts'

/** `value` is missing where nothing was recorded. */
export type Sample = { readonly timeS: number; readonly value?: number }
export type Line = { readonly name: string; readonly unit: HistoryUnit; readonly samples: readonly Sample[] }
export type Summary = { readonly min: number; readonly avg: number; readonly max: number }

/**
 * One line over several members (the nodes of a cluster), or over one. A member that recorded nothing at some time
 * counts for nothing then: the mean is that of the others.
 */
export function lineOf(recipe: LineRecipe, members: readonly (readonly Point[])[]): Line {
  const sums = new Map<number, { value: number; of: number; told: boolean }>()
  for (const { timeS, values } of members.flat()) {
    const sum = sums.get(timeS) ?? { value: 0, of: 0, told: false }
    sums.set(timeS, sum)
    const value = recipe.value(values)
    const of = recipe.of === undefined ? 1 : recipe.of(values)
    if (value === undefined || of === undefined || of <= 0) continue
    sum.value += value
    sum.of += of
    sum.told = true
  }
  const samples = [...sums]
    .sort(([a], [b]) => a - b)
    .map(([timeS, { value, of, told }]): Sample => {
      if (!told) return { timeS }
      return { timeS, value: recipe.of === undefined ? value : value / of }
    })
  return { name: recipe.name, unit: recipe.unit, samples }
}

/**
 * Points that are finer than `stepS` made as coarse as that: nodes of different versions keep data of different
 * fineness, and points that do not meet cannot be added.
 */
export function coarser(points: readonly Point[], stepS: number): readonly Point[] {
  const own = resolutionS(points)
  if (own === undefined || own >= stepS) return points
  const buckets = Map.groupBy(points, ({ timeS }) => Math.floor(timeS / stepS) * stepS)
  return [...buckets].map(([timeS, those]) => ({ timeS, values: meanOf(those) }))
}

function meanOf(points: readonly Point[]): Point['values'] {
  const sums = new Map<string, { total: number; count: number }>()
  for (const { values } of points) {
    for (const [name, value] of Object.entries(values)) {
      const sum = sums.get(name) ?? { total: 0, count: 0 }
      sums.set(name, { total: sum.total + value, count: sum.count + 1 })
    }
  }
  return Object.fromEntries([...sums].map(([name, { total, count }]) => [name, total / count]))
}

/** Seconds from one point to the next: the commonest distance, since points may be missing. Undefined below two. */
export function resolutionS(points: readonly { readonly timeS: number }[]): number | undefined {
  const counts = new Map<number, number>()
  for (let index = 1; index < points.length; index += 1) {
    const step = (points[index]?.timeS ?? 0) - (points[index - 1]?.timeS ?? 0)
    if (step > 0) counts.set(step, (counts.get(step) ?? 0) + 1)
  }
  return [...counts].sort(([stepA, a], [stepB, b]) => b - a || stepA - stepB)[0]?.[0]
}

/** Those from `fromS` to `toS`, and the one within which `fromS` lies. */
export function within<T extends { readonly timeS: number }>(
  points: readonly T[],
  fromS: number,
  toS: number,
  stepS: number,
): readonly T[] {
  return points.filter(({ timeS }) => timeS > fromS - stepS && timeS <= toS)
}

/** Undefined where nothing was recorded at all. */
export function summaryOf(samples: readonly Sample[]): Summary | undefined {
  const values = samples.flatMap(({ value }) => (value === undefined ? [] : [value]))
  if (values.length === 0) return undefined
  const total = values.reduce((sum, value) => sum + value, 0)
  return {
    min: values.reduce((least, value) => Math.min(least, value)),
    avg: total / values.length,
    max: values.reduce((most, value) => Math.max(most, value)),
  }
}

/** The sample within whose length `timeS` lies. */
export function sampleAt(samples: readonly Sample[], timeS: number, stepS: number): Sample | undefined {
  return samples.findLast((sample) => sample.timeS <= timeS && timeS < sample.timeS + stepS)
}
