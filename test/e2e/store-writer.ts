import { writeSync } from 'node:fs'
import type { Change } from '../../src/core/state/types.ts'
import { breadcrumbsIn } from '../../src/store/breadcrumbs.ts'
import { acquireLock } from '../../src/store/lock.ts'
import { openStore } from '../../src/store/open.ts'
import { breadcrumb, told } from '../../src/store/samples.ts'

/**
 * Commits as fast as it can, and says the number of each commit once it was acknowledged, until it is killed.
 * Commit n writes host `h<n mod 7>` with n cycles, removes another, and tells an event `n`; a breadcrumb goes before it.
 */
const [directory = '', first = '1'] = process.argv.slice(2)
const now = () => ({ wallMs: Date.now(), bootId: 'boot', monoMs: performance.now() })

const locked = acquireLock(directory)
if (!locked.ok) fail(locked.sentence)
const opening = openStore({ directory, now, maxEvents: 500 })
if (!opening.ok) fail(opening.sentence)
const marks = breadcrumbsIn(directory)

for (let number = Number(first); ; number += 1) {
  const put = marks.put(breadcrumb({ intent: `i${number % 3}`, reason: `${number}` }))
  if (!put.ok) fail(put.sentence)
  const changes: Change[] = [
    { collection: 'meta', key: 'meta', value: { key: 'meta', epoch: number, nextId: number } },
    { collection: 'hosts', key: `h${number % 7}`, value: { host: `${number}`, cycleTimes: [] } },
    { collection: 'hosts', key: `h${(number + 3) % 7}`, value: undefined },
  ]
  const outcome = opening.store.commit(changes, [told(`${number}`), told(`${number}`)])
  if (!outcome.ok) fail(outcome.sentence)
  writeSync(1, `${number}\n`)
  if (number % 5 === 0) opening.store.prune()
}

function fail(sentence: string): never {
  writeSync(2, sentence)
  process.exit(1)
}
