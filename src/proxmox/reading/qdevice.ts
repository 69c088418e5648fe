import type { QDevice } from '../../core/cluster/types.ts'
import { maybeText, optional, row } from './loose.ts'

/** `GET /cluster/config/qdevice`: what `corosync-qdevice-tool -s` prints, by its headings. `{}` where there is none. */
export function readQDevice(data: unknown): QDevice | undefined {
  const told = row(data)
  // Perl's empty list and empty hash look alike to whoever forgets a bracket.
  if (told === undefined) return Array.isArray(data) && data.length === 0 ? NONE : undefined
  if (Object.keys(told).length === 0) return NONE
  const state = maybeText(told.State)
  const poll = maybeText(told['Last poll call'])
  return {
    state: stateOf(state),
    words: [state ?? 'no state told', ...(poll === undefined ? [] : [`last poll ${poll}`])].join(', '),
    ...optional('algorithm', maybeText(told.Algorithm)),
    ...optional('model', maybeText(told.Model)),
    ...optional('host', maybeText(told['QNetd host'])),
    ...optional('tieBreaker', maybeText(told['Tie-breaker'])),
  }
}

const NONE: QDevice = { state: 'none', words: 'none' }

function stateOf(state: string | undefined): QDevice['state'] {
  if (state === undefined) return 'unknown'
  if (/^connected$/i.test(state)) return 'connected'
  return /fail|disconnect|error|refused|timeout/i.test(state) ? 'failed' : 'unknown'
}
