/** RFC 3339, as Go writes its times; a time without a zone is nobody's. */
const INSTANT = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d)$/

/**
 * Wall clock milliseconds of a time in a payload. `none`: nothing was said, or Go's zero time (`0001-01-01T00:00:00Z`),
 * which Alertmanager sends for the end of what has not ended. `wrong`: it is something else than a time.
 */
export function instantOf(value: unknown): number | 'none' | 'wrong' {
  if (value === undefined || value === null || value === '') return 'none'
  if (typeof value !== 'string' || !INSTANT.test(value)) return 'wrong'
  const ms = Date.parse(value)
  if (Number.isNaN(ms)) return 'wrong'
  return ms <= 0 ? 'none' : ms
}
