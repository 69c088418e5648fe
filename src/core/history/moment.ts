import { type Calendar, type Civil, UTC } from './calendar.ts'

/** A point in time that somebody named; a `day` where only the day was named, which then begins there. */
export type Moment = { readonly wallMs: number; readonly length: 'moment' | 'day' }

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const FILLERS = new Set(['at', 'on', 'last', 'the'])
const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^s(?:ec(?:ond)?s?)?$/, 1_000],
  [/^m(?:in(?:ute)?s?)?$/, 60_000],
  [/^h(?:(?:ou)?rs?)?$/, 3_600_000],
  [/^d(?:ays?)?$/, 86_400_000],
  [/^w(?:eeks?)?$/, 604_800_000],
]
const LONGEST = 40

/**
 * What people say of the past: `2025-03-01`, `2025-03-01 12:00`, `2025-03-01T12:00Z`, `15:00` (the last time that it
 * was), `yesterday 15:00`, `monday 03:00` (the last one), `2 days ago`, `-2h`, `now`. In the calendar that is passed
 * in, but for what carries a zone of its own. Undefined for anything else, also for days that do not exist.
 */
export function parseMoment(text: string, nowMs: number, calendar: Calendar): Moment | undefined {
  const phrase = text.trim().toLowerCase().replaceAll(/\s+/g, ' ')
  if (phrase.length === 0 || phrase.length > LONGEST) return undefined
  if (phrase === 'now') return { wallMs: nowMs, length: 'moment' }
  return dated(phrase, calendar) ?? before(phrase, nowMs, calendar) ?? named(phrase, nowMs, calendar)
}

const DATED =
  /^(\d{4})-(\d\d)-(\d\d)(?:[t ](\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?)? ?(?:(z|utc)|([+-])(\d\d):?(\d\d))?$/

/** ISO 8601 as people write it. */
function dated(phrase: string, calendar: Calendar): Moment | undefined {
  const match = DATED.exec(phrase)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, utc, sign, zoneHours, zoneMinutes] = match
  const civil = {
    ...{ year: Number(year), month: Number(month), day: Number(day) },
    ...{ hour: Number(hour ?? 0), minute: Number(minute ?? 0), second: Number(second ?? 0) },
  }
  const zoned = utc !== undefined || sign !== undefined
  if (!exists(civil) || (zoned && hour === undefined)) return undefined
  const offsetMinutes = Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0)
  if (offsetMinutes > 14 * 60) return undefined
  const offsetMs = (sign === '-' ? -1 : 1) * offsetMinutes * 60_000
  const wallMs = zoned ? UTC.wallMs(civil) - offsetMs : calendar.wallMs(civil)
  return { wallMs, length: hour === undefined ? 'day' : 'moment' }
}

function exists(civil: Civil): boolean {
  const day = UTC.civil(UTC.wallMs({ ...civil, hour: 0, minute: 0, second: 0 }))
  const carried = day.year !== civil.year || day.month !== civil.month || day.day !== civil.day
  return !carried && civil.hour < 24 && civil.minute < 60 && civil.second < 60
}

/** `-2h30m`, `2h ago`, `2 days ago`, `an hour ago`. Days are days of the calendar: the same time, so many days before. */
function before(phrase: string, nowMs: number, calendar: Calendar): Moment | undefined {
  const spoken = /^(?:-(.+)|(.+) ago)$/.exec(phrase)
  const span = (spoken?.[1] ?? spoken?.[2] ?? '').replace(/^an? (?=\w)/, '1 ')
  const parts = [...span.matchAll(/(\d{1,6}) ?([a-z]+)/g)]
  if (parts.length === 0 || span.replaceAll(/\d+ ?[a-z]+/g, '').trim() !== '') return undefined
  let days = 0
  let ms = 0
  for (const [, count, word] of parts) {
    const unitMs = unitOf(word ?? '')
    if (unitMs === undefined) return undefined
    if (unitMs >= 86_400_000) days += (Number(count) * unitMs) / 86_400_000
    else ms += Number(count) * unitMs
  }
  const now = calendar.civil(nowMs)
  const base = days === 0 ? nowMs : calendar.wallMs({ ...now, day: now.day - days }) + (((nowMs % 1000) + 1000) % 1000)
  return { wallMs: base - ms, length: 'moment' }
}

function unitOf(word: string): number | undefined {
  return UNITS.find(([names]) => names.test(word))?.[1]
}

/** A day, a time of the day, or both, in either order. */
function named(phrase: string, nowMs: number, calendar: Calendar): Moment | undefined {
  const words = phrase.split(/[ ,]+/).filter((word) => !FILLERS.has(word))
  const times = words.map(timeOf)
  const clock = times.find((time) => time !== undefined)
  const dayWords = words.filter((_, index) => times[index] === undefined)
  if (words.length === 0 || words.length > 2 || dayWords.length > 1) return undefined
  if (words.length === 2 && dayWords.length === 0) return undefined
  const now = calendar.civil(nowMs)
  const at = (daysBack: number) =>
    calendar.wallMs({ ...now, ...(clock ?? { hour: 0, minute: 0, second: 0 }), day: now.day - daysBack })
  const [dayWord] = dayWords
  const length = clock === undefined ? 'day' : 'moment'
  if (dayWord === undefined) return { wallMs: at(0) <= nowMs ? at(0) : at(1), length }
  if (dayWord === 'today') return { wallMs: at(0), length }
  if (dayWord === 'yesterday') return { wallMs: at(1), length }
  const weekday = WEEKDAYS.findIndex((name) => name === dayWord || name.slice(0, 3) === dayWord)
  if (weekday < 0) return undefined
  const back = (now.weekday - weekday + 7) % 7
  return { wallMs: at(back) <= nowMs ? at(back) : at(back + 7), length }
}

/** `15:00`, `3:00:30`, `3pm`, `noon`. */
function timeOf(word: string): Pick<Civil, 'hour' | 'minute' | 'second'> | undefined {
  if (word === 'noon' || word === 'midnight') return { hour: word === 'noon' ? 12 : 0, minute: 0, second: 0 }
  const [, hours, minute = '0', second = '0', half] =
    /^(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(am|pm)?$/.exec(word) ?? /^(\d{1,2})()()(am|pm)$/.exec(word) ?? []
  if (hours === undefined) return undefined
  const hour = Number(hours)
  const rest = { minute: Number(minute), second: Number(second) }
  if (half === undefined) return hour < 24 ? { hour, ...rest } : undefined
  if (hour < 1 || hour > 12) return undefined
  return { hour: (hour % 12) + (half === 'pm' ? 12 : 0), ...rest }
}
