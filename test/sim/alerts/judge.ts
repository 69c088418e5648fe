import type { Incident } from '../../../src/core/alerts/types.ts'
import type { Arrival } from './moody-channel.ts'
import type { Site } from './site.ts'
import type { Sources } from './sources.ts'

const ALL = 1_000_000
/** What is told at most once of one firing, on each channel. */
const ONCE = ['firing', 'resolved', 'notice']

/** What is wrong after a month that ended well: nothing, or a list of sentences. */
export function judge(site: Site, sources: Sources): readonly string[] {
  return [
    ...site.mistakes.map((sentence) => `a mistake: ${sentence}`),
    ...unfinished(site),
    ...lost(site, sources),
    ...disordered(site.arrivals),
    ...doubled(site.arrivals),
  ]
}

function unfinished({ store }: Site): string[] {
  const wrong: string[] = []
  if (store.inboxSize() > 0) wrong.push(`${store.inboxSize()} rows are left in the inbox`)
  for (const { id, channel, state } of store.listDeliveries({ states: ['queued', 'sending'], limit: ALL })) {
    wrong.push(`delivery ${id} of ${channel} is still ${state}`)
  }
  store.transact((rows) => {
    for (const { receiver, key } of rows.dueHeld(Number.MAX_SAFE_INTEGER, ALL))
      wrong.push(`${key} is held for ${receiver}`)
  })
  return wrong
}

/** Every alert that was acknowledged was told to somebody, is a dead letter, or was muted, and that is written down. */
function lost({ store, arrivals }: Site, sources: Sources): string[] {
  const incidents = new Map<string, Incident[]>()
  for (const incident of store.listIncidents({ limit: ALL })) {
    const run = incident.annotations.run ?? ''
    incidents.set(run, [...(incidents.get(run) ?? []), incident])
  }
  const told = new Set(arrivals.map(({ run }) => run))
  const toldOver = new Set(arrivals.filter(({ status }) => status === 'resolved').map(({ run }) => run))
  const wrong: string[] = []
  for (const run of sources.runs.values()) {
    if (run.accepted.size === 0) continue
    const known = incidents.get(run.id) ?? []
    if (known.length === 0) {
      wrong.push(`${run.id} was acknowledged, and nothing is known of it`)
      continue
    }
    if (known.some((incident) => isExcused(store, incident))) continue
    if (!told.has(run.id)) wrong.push(`${run.id} was told to nobody`)
    else if (run.accepted.has('resolved') && !toldOver.has(run.id))
      wrong.push(`the end of ${run.id} was told to nobody`)
  }
  return wrong
}

function isExcused(store: Site['store'], incident: Incident): boolean {
  if (store.listDeliveries({ incident: incident.id, states: ['dead'], limit: 1 }).length > 0) return true
  const story = store.transact((rows) => rows.timeline(incident.id, ALL))
  return story.ok && story.value.some(({ kind }) => kind === 'muted')
}

/** On no channel does anything fire after it was over. */
function disordered(arrivals: readonly Arrival[]): string[] {
  const over = new Set<string>()
  const wrong: string[] = []
  for (const { channel, run, status } of arrivals) {
    const key = `${run} on ${channel}`
    if (status === 'resolved') over.add(key)
    else if (status === 'firing' && over.has(key)) wrong.push(`${key} fires after it was over`)
  }
  return wrong
}

/** No channel is told twice what it surely has. */
function doubled(arrivals: readonly Arrival[]): string[] {
  const sure = new Set<string>()
  const wrong: string[] = []
  for (const arrival of arrivals) {
    const { channel, run, event, severity, edit } = arrival
    if (edit || !(ONCE.includes(event) || event === 'escalated')) continue
    const key = `${event} ${event === 'escalated' ? severity : ''} of ${run} on ${channel}`
    if (sure.has(key)) wrong.push(`${key} was told twice`)
    if (arrival.sure) sure.add(key)
  }
  return wrong
}
