export const GUEST_STATES = [
  ...['stopped', 'request_stop', 'request_start', 'request_start_balance', 'started', 'fence', 'recovery'],
  ...['migrate', 'relocate', 'freeze', 'error'],
]
export const NODE_STATES = ['online', 'maintenance', 'unknown', 'fence', 'gone']
export const LOCKS = [
  ...['backup', 'clone', 'create', 'migrate', 'rollback', 'snapshot', 'snapshot-delete', 'suspended', 'suspending'],
]

const MAX_KEPT = 20_000
const kept = new Map<string, string>()

/**
 * A line for each state, 1 for the one that is. These are more than half of all lines and seldom change, so they are
 * kept from scrape to scrape. `labels` as `labelText` makes them.
 */
export function stateLines(name: string, labels: string, states: readonly string[], is: string | undefined): string {
  const key = `${name}${labels}${is ?? ''}`
  const known = kept.get(key)
  if (known !== undefined) return known
  const start = `${name}${labels.slice(0, -1)}`
  const made = states.map((state) => `${start},state="${state}"} ${state === is ? 1 : 0}\n`).join('')
  // Thousands of guests come and go before this is full; then it begins anew.
  if (kept.size >= MAX_KEPT) kept.clear()
  kept.set(key, made)
  return made
}
