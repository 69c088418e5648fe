import type { HistoryPoint } from '../../ports/cluster.ts'
import { maybeNumber, rows } from './loose.ts'

/** `GET .../rrddata`: what a point does not have is missing in it, or null. In order of time. */
export function readHistory(data: unknown): readonly HistoryPoint[] | undefined {
  const points = rows(data)?.flatMap(({ time, ...rest }) => {
    const timeS = maybeNumber(time)
    if (timeS === undefined) return []
    const values = Object.entries(rest).flatMap(([name, value]) => {
      const number = maybeNumber(value)
      return number === undefined ? [] : [[name, number] as const]
    })
    return [{ timeS, values: Object.fromEntries(values) }]
  })
  return points?.sort((a, b) => a.timeS - b.timeS)
}
