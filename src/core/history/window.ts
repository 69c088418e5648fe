import type { Calendar } from './calendar.ts'
import { type Moment, parseMoment } from './moment.ts'

/** What to show; `atMs` is the point that was asked about. */
export type Window = { readonly fromMs: number; readonly toMs: number; readonly atMs?: number }
export type Asked = { readonly at?: string; readonly from?: string; readonly to?: string }
export type WindowAnswer =
  | { readonly ok: true; readonly window: Window }
  | { readonly ok: false; readonly sentence: string }

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/**
 * The span that was asked for in words: around one point (`--at`, a whole day where only a day was named), from one to
 * another, or the last hour. Nothing of it is in the future.
 */
export function windowOf({ at, from, to }: Asked, nowMs: number, calendar: Calendar): WindowAnswer {
  if (at !== undefined && (from !== undefined || to !== undefined)) {
    return { ok: false, sentence: '--at is one point, --from and --to are a span: give one or the other.' }
  }
  const read = (option: string, text: string | undefined) => {
    const moment = text === undefined ? undefined : parseMoment(text, nowMs, calendar)
    return text !== undefined && moment === undefined ? notUnderstood(option, text) : { moment }
  }
  const point = read('--at', at)
  const begin = read('--from', from)
  const end = read('--to', to)
  for (const each of [point, begin, end]) if ('sentence' in each) return { ok: false, sentence: each.sentence }
  const moments = [point, begin, end].map((each) => ('moment' in each ? each.moment : undefined))
  if (moments.some((moment) => moment !== undefined && moment.wallMs > nowMs)) {
    return { ok: false, sentence: 'There is no history of the future.' }
  }
  const [around, first, last] = moments
  if (around !== undefined) return { ok: true, window: aroundPoint(around, nowMs, calendar) }
  const toMs = last === undefined ? nowMs : Math.min(nowMs, endOf(last, calendar))
  const fromMs = first?.wallMs ?? toMs - HOUR_MS
  if (fromMs >= toMs) return { ok: false, sentence: '--from must be before --to.' }
  return { ok: true, window: { fromMs, toMs } }
}

function notUnderstood(option: string, text: string): { readonly sentence: string } {
  const known = '15:00, "yesterday 15:00", "2 days ago", "monday 03:00", -2h or 2025-03-01T12:00'
  return { sentence: `${option} ${text}: a time such as ${known} is expected.` }
}

/** The further back, the coarser the data, and the wider the view. */
function aroundPoint(moment: Moment, nowMs: number, calendar: Calendar): Window {
  const { wallMs, length } = moment
  if (length === 'day') return { fromMs: wallMs, toMs: Math.min(nowMs, endOf(moment, calendar)) }
  const agoMs = nowMs - wallMs
  const halfMs = agoMs < DAY_MS - HOUR_MS ? HOUR_MS / 2 : agoMs < 29 * DAY_MS ? DAY_MS / 2 : 7 * DAY_MS
  return { fromMs: wallMs - halfMs, toMs: Math.min(nowMs, wallMs + halfMs), atMs: wallMs }
}

/** The whole of a day belongs to it. */
function endOf({ wallMs, length }: Moment, calendar: Calendar): number {
  if (length === 'moment') return wallMs
  const civil = calendar.civil(wallMs)
  return calendar.wallMs({ ...civil, day: civil.day + 1 })
}
