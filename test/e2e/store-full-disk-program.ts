import { closeSync, openSync, readdirSync, rmSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { breadcrumbsIn } from '../../src/store/breadcrumbs.ts'
import { acquireLock } from '../../src/store/lock.ts'
import { openStore } from '../../src/store/open.ts'
import { atOf, breadcrumb, openOrFail, putHost, told } from '../../src/store/samples.ts'

/** Runs in a mount namespace of its own, on a small disk that it fills; prints what the store answered. */
const disk = process.argv[2] as string
const directory = join(disk, 'state')
const ballast = join(disk, 'ballast')

function fill(): void {
  const fd = openSync(ballast, 'w')
  for (const size of [65_536, 4_096, 64, 1]) {
    try {
      for (;;) writeSync(fd, Buffer.alloc(size))
    } catch {
      // Not one byte of this size is left.
    }
  }
  closeSync(fd)
}
const free = () => truncateSync(ballast, 0)
const open = () => openStore({ directory, now: () => atOf(0) })
const big = (name: string) => told(name.padEnd(60_000, '.'))

const store = openOrFail(directory)
const marks = breadcrumbsIn(directory)
const before = [store.commit([putHost('pve1', 1)], [told('before')]), marks.put(breadcrumb())]
store.close()
fill()

const opening = open()
if (!opening.ok) throw new Error(opening.sentence)
const full = opening.store
const whileFull = {
  opens: opening.found,
  hosts: Object.keys(full.load().hosts),
  commit: full.commit([putHost('pve1', 9), putHost('pve2')], [big('never')]),
  again: full.commit([putHost('pve2')], [big('never')]),
  put: marks.put(breadcrumb({ intent: 'i2' })),
  replace: marks.put(breadcrumb({ reason: 'replaced'.repeat(1_000) })),
  marks: marks.list(),
  drafts: readdirSync(join(directory, 'breadcrumbs')).filter((name) => name.startsWith('.')),
  lock: acquireLock(directory),
  removed: marks.remove('i1'),
  after: marks.list(),
  events: full.events({ limit: 10 }),
  backup: await full.backup(join(disk, 'backup')),
}
fill()
const newState = openStore({ directory: join(disk, 'state', 'breadcrumbs'), now: () => atOf(0) })

free()
const afterwards = {
  commit: full.commit([putHost('pve1', 2), putHost('pve3')], [big('after')]),
  put: marks.put(breadcrumb({ intent: 'i3' })),
}
full.close()
const reopened = openOrFail(directory)
const events = reopened.events({ limit: 10 })
const atLast = {
  hosts: reopened.load().hosts,
  told: events.ok && events.events.map(({ sentence }) => sentence.replace(/\.+$/, '')),
  names: readdirSync(disk).toSorted(),
}
reopened.close()
rmSync(ballast)
console.log(JSON.stringify({ before, whileFull, newState: { ...newState, store: undefined }, afterwards, atLast }))
