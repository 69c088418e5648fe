import type { Silence } from '../../api/silences.ts'
import type { Paint } from '../text/paint.ts'
import { until } from '../text/span.ts'
import { type Cell, table } from '../text/table.ts'
import { brief } from './alerts.ts'

const MOST_MATCHERS = 80

/** One line a silence, with the number that `alerts unsilence` takes. */
export function silencesTable(silences: readonly Silence[], paint: Paint): string[] {
  const columns = [
    { title: 'ID', right: true },
    { title: 'MATCHES' },
    { title: 'ENDS' },
    { title: 'BY' },
    { title: 'COMMENT' },
  ]
  const rows = silences.map(({ id, matchers, ends, by, comment }): Cell[] => [
    String(id),
    brief(matchers.join(', '), MOST_MATCHERS),
    until(ends.inMs),
    by,
    brief(comment, MOST_MATCHERS),
  ])
  return table(columns, rows, paint)
}
