/** A row after the wall clock jumped: its times since then, but for those that came with an alert of others. */
export function shifted<Row extends object>(row: Row, sinceMs: number, byMs: number): Row {
  const foreign = 'source' in row && !['own', 'deadman', 'drill', 'test'].includes(String(row.source))
  const moved = Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (typeof value === 'object' && value !== null && (name === 'muted' || name === 'acknowledged')) {
        return [name, shifted(value, sinceMs, byMs)]
      }
      const ours = name.endsWith('Ms') && !(foreign && (name === 'startsMs' || name === 'endsMs'))
      return [name, ours && typeof value === 'number' && value >= sinceMs ? value + byMs : value]
    }),
  )
  return moved as Row
}
