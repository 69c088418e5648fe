/**
 * The spans that Proxmox keeps, the finest first. Each reaches at least so far back; how fine it is differs by version
 * (`day`: 30 min until 8, 1 min from 9) and is told by the points themselves.
 */
export const TIMEFRAMES = [
  ['hour', 3_600],
  ['day', 86_400],
  ['week', 7 * 86_400],
  ['month', 30 * 86_400],
  ['year', 360 * 86_400],
] as const
export type Timeframe = (typeof TIMEFRAMES)[number][0]

/** The point that is being filled is not there yet, and the oldest has its own length. */
const SLACK_S = 60

/** The finest that reaches back to `fromS`; where none does, the longest, and `reaches` is false. */
export function timeframeFor(
  fromS: number,
  nowS: number,
): { readonly timeframe: Timeframe; readonly reaches: boolean } {
  for (const [timeframe, spanS] of TIMEFRAMES) {
    if (nowS - fromS <= spanS + SLACK_S) return { timeframe, reaches: true }
  }
  return { timeframe: 'year', reaches: false }
}
