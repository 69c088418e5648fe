/** What a clock on the wall shows. `month` is 1 to 12. */
export type Civil = {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

/** The calendar of a time zone, which the core has not: it is passed in. */
export interface Calendar {
  /** `weekday`: 0 is Sunday. */
  civil(wallMs: number): Civil & { readonly weekday: number }
  /** A day outside its month is carried over (day 0 is the last of the month before); likewise hours of a jump. */
  wallMs(civil: Civil): number
}

const DAY_MS = 86_400_000

/** UTC, for which no table of a zone is needed. */
export const UTC: Calendar = {
  civil(wallMs) {
    const days = Math.floor(wallMs / DAY_MS)
    const second = Math.floor((wallMs - days * DAY_MS) / 1000)
    return {
      ...dateOf(days),
      hour: Math.floor(second / 3600),
      minute: Math.floor(second / 60) % 60,
      second: second % 60,
      weekday: (((days + 4) % 7) + 7) % 7,
    }
  },
  wallMs({ year, month, day, hour, minute, second }) {
    return (daysBefore(year, month) + day - 1) * DAY_MS + (hour * 3600 + minute * 60 + second) * 1000
  },
}

/** Days from 1970-01-01 to the first of a month, in the Gregorian calendar; years are counted from March (leap day last). */
function daysBefore(year: number, month: number): number {
  const years = month > 2 ? year : year - 1
  const months = (month + 9) % 12
  const leaps = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400)
  return years * 365 + leaps + Math.floor((months * 153 + 2) / 5) - 719_468
}

function dateOf(days: number): Pick<Civil, 'year' | 'month' | 'day'> {
  // 400 years have 146,097 days: a first guess that is at most one year off.
  let year = 1970 + Math.floor((days * 400) / 146_097)
  if (daysBefore(year + 1, 1) <= days) year += 1
  if (daysBefore(year, 1) > days) year -= 1
  let month = 12
  while (daysBefore(year, month) > days) month -= 1
  return { year, month, day: days - daysBefore(year, month) + 1 }
}
