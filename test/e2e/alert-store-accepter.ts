import { writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { InboxRow } from '../../src/ports/alert-store.ts'
import { alertUpdate, delivery, eventOn, incident, notification } from '../../src/store/alerts/samples.ts'
import { openStore } from '../../src/store/open.ts'
import { told } from '../../src/store/samples.ts'

/**
 * Takes alerts in from many callers at once, and by commits of the engine, while a dispatcher moves them on from the
 * inbox and a worker delivers them; says the number of each alert once it was acknowledged, until it is killed.
 */
const [directory = '', first = '1', count = '10000'] = process.argv.slice(2)
const CALLERS = 64
const END = Number(first) + Number(count)
const now = () => ({ wallMs: Date.now(), bootId: 'boot', monoMs: performance.now() })

const opening = openStore({ directory, now })
if (!opening.ok) fail(opening.sentence)
const { store } = opening
let next = Number(first)

async function caller(): Promise<void> {
  while (next < END) {
    const number = next++
    const outcome = await store.alerts.accept([alertUpdate(`${number}`)], number)
    if (!outcome.ok) fail(outcome.sentence)
    writeSync(1, `${number}\n`)
  }
}

async function engine(): Promise<void> {
  while (next < END) {
    const number = next++
    const meta = { key: 'meta', epoch: number, nextId: number } as const
    const changes = [{ collection: 'meta', key: 'meta', value: meta }] as const
    const outcome = store.commit(changes, [told(`${number}`)], [alertUpdate(`${number}`, { source: 'own' })])
    if (!outcome.ok) fail(outcome.sentence)
    writeSync(1, `${number}\n`)
    await pause(2)
  }
}

/** From the inbox to a message, and the message before last delivered: what a dispatcher and a worker do, in short. */
async function dispatcher(): Promise<void> {
  for (;;) {
    const done = store.alerts.transact((rows) => {
      rows.requeueSending(now().wallMs)
      const found = rows.inbox(25)
      for (const row of found)
        for (const name of namesOf(row)) {
          const { id } = rows.insertIncident(incident(name, { status: 'notice' }))
          const events = [eventOn(id)]
          const made = rows.insertNotification(notification(), events)
          rows.insertDelivery(delivery({ notification: made.id }), events)
        }
      rows.removeInbox(found.map(({ id }) => id))
      const sent = rows.nextDelivery('discord', now().wallMs)
      if (sent !== undefined) rows.updateDelivery({ ...sent, state: 'sending' })
    })
    if (!done.ok) fail(done.sentence)
    await pause(1)
  }
}

function namesOf({ incoming }: InboxRow): string[] {
  return incoming.flatMap((one) => (one.kind === 'alert' ? [one.labels.alertname ?? ''] : []))
}

void dispatcher()
void engine()
for (let index = 0; index < CALLERS; index += 1) void caller()

function fail(sentence: string): never {
  writeSync(2, sentence)
  process.exit(1)
}
