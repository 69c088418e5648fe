const UNITS_MS = { y: 31_536_000_000, w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const
const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/

/** Milliseconds of a duration as Prometheus writes it (`model.ParseDuration`): `1d12h`, `90s`, `0`. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  const found = DURATION.exec(text)
  if (text === '' || found === null) return undefined
  return Object.values(UNITS_MS).reduce((sum, unit, index) => sum + Number(found[index + 1] ?? 0) * unit, 0)
}

export function formatDuration(ms: number): string {
  let rest = ms
  let text = ''
  for (const [unit, size] of Object.entries(UNITS_MS)) {
    // Weeks and years are read more easily as days.
    if (unit === 'y' || unit === 'w') continue
    const amount = Math.floor(rest / size)
    if (amount > 0) text += `${amount}${unit}`
    rest -= amount * size
  }
  return text === '' ? '0s' : text
}
