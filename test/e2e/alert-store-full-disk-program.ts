import { closeSync, openSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { CommitOutcome } from '../../src/ports/journal.ts'
import { alertUpdate, delivery, eventOn, incident, note } from '../../src/store/alerts/samples.ts'
import { openOrFail, putHost, told } from '../../src/store/samples.ts'

/** Runs in a mount namespace of its own, on a small disk that it fills while alerts come in; prints what came of each. */
const disk = process.argv[2] as string
const directory = join(disk, 'state')
const ballast = join(disk, 'ballast')
const TOGETHER = 8

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

const store = openOrFail(directory)
const { alerts } = store
let number = 0
const accepted: string[] = []
const refused = new Map<string, CommitOutcome>()
const mixedGroups: string[][] = []

/** One group of callers; which of them were told that their alert is written. */
async function group(): Promise<number> {
  const names = Array.from({ length: TOGETHER }, () => `${++number}`)
  const large = { summary: 'x'.repeat(2_000) }
  const outcomes = await Promise.all(names.map((name) => alerts.accept([alertUpdate(name, { annotations: large })], 1)))
  const written = names.filter((_, index) => outcomes[index]?.ok === true)
  accepted.push(...written)
  if (written.length > 0 && written.length < TOGETHER) mixedGroups.push(written)
  for (const [index, outcome] of outcomes.entries()) if (!outcome.ok) refused.set(names[index] ?? '', outcome)
  return written.length
}

const before = [await group(), await group()]
fill()
// What the journal has room for still goes in; then nothing does.
let last = await group()
for (let tries = 0; last > 0 && tries < 100; tries += 1) last = await group()
const whileFull = {
  again: [await group(), await group()],
  commit: store.commit([putHost('pve1')], [told('x'.repeat(60_000))], [note]),
  transact: alerts.transact((rows) => {
    for (let index = 0; index < 50; index += 1) {
      const { id } = rows.insertIncident(incident(`f${index}`, { annotations: { summary: 'x'.repeat(2_000) } }))
      rows.insertDelivery(delivery(), [eventOn(id)])
    }
  }),
  incidents: alerts.listIncidents({ limit: 100 }).length,
  queues: alerts.queues(),
  read: alerts.transact((rows) => rows.inbox(1).length),
  hosts: Object.keys(store.load().hosts),
}
truncateSync(ballast, 0)
const afterwards = { group: await group(), commit: store.commit([putHost('pve2')], [], [note]) }
store.close()

const again = openOrFail(directory)
const inbox = again.alerts.transact((rows) => rows.inbox(1_000))
const names = inbox.ok
  ? inbox.value.flatMap(({ incoming }) =>
      incoming.map((one) => (one.kind === 'alert' ? one.labels.alertname : one.kind)),
    )
  : []
again.close()
console.log(
  JSON.stringify({
    before,
    whileFull,
    afterwards,
    mixedGroups,
    refused: [...refused.values()],
    names,
    expected: [...accepted, 'note'],
  }),
)
