import type { Calendar } from '../core/history/calendar.ts'

/** The calendar of whoever types the command: the time zone of this machine, or TZ. */
export const localCalendar: Calendar = {
  civil(wallMs) {
    const date = new Date(wallMs)
    return {
      year: date.getFullYear(),
      month: date.getMonth() + 1,
      day: date.getDate(),
      hour: date.getHours(),
      minute: date.getMinutes(),
      second: date.getSeconds(),
      weekday: date.getDay(),
    }
  },
  wallMs: ({ year, month, day, hour, minute, second }) =>
    new Date(year, month - 1, day, hour, minute, second).getTime(),
}
