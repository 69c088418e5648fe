/** The zone of this machine; undefined where that is UTC, which messages then say. */
export function ownTimeZone(): string | undefined {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  return /^(?:Etc\/)?(?:UTC|GMT|Universal|Zulu)$/i.test(timeZone) ? undefined : timeZone
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Minutes since midnight in a zone, from 0 to 1439; UTC where it is missing. */
export function minuteOfDay(wallMs: number, timeZone: string | undefined): number {
  const zone = timeZone ?? 'UTC'
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
    formats.set(zone, format)
  }
  const [hours = 0, minutes = 0] = format.format(wallMs).split(':').map(Number)
  return hours * 60 + minutes
}
