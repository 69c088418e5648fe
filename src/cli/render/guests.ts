import type { Guest, Guests, GuestsBrief } from '../../api/guests.ts'
import { count, percent, share } from '../text/amount.ts'
import { type Paint, tame } from '../text/paint.ts'
import { span } from '../text/span.ts'
import { type Cell, table } from '../text/table.ts'

const COLUMNS = [
  { title: 'GUEST' },
  { title: 'NAME' },
  { title: 'NODE' },
  { title: 'STATE' },
  { title: 'UPTIME', right: true },
  { title: 'CPU', right: true },
  { title: 'MEMORY', right: true },
  { title: 'HA' },
  { title: 'TAGS' },
  { title: 'REMARKS' },
] as const

export function guestsTable(guests: readonly Guest[], paint: Paint): string[] {
  return table(COLUMNS, guests.map(row), paint)
}

function row(guest: Guest): Cell[] {
  const { running } = guest
  return [
    guest.id,
    guest.name,
    guest.node,
    stateOf(guest),
    running === true ? span(guest.uptimeS * 1000) : '',
    running === true ? percent(guest.cpuRatio) : '',
    running === true && guest.memoryMaxBytes > 0 ? share(guest.memoryBytes, guest.memoryMaxBytes) : '',
    haOf(guest),
    guest.tags.join(' '),
    { text: remarks(guest).join('; '), style: 'yellow' },
  ]
}

function stateOf({ template, running, shouldRun }: Guest): Cell {
  if (template) return { text: 'template', style: 'dim' }
  if (running === null) return { text: 'unknown', style: 'yellow' }
  if (running) return { text: 'running', style: 'green' }
  return shouldRun === true ? { text: 'DOWN', style: 'red' } : { text: 'stopped', style: 'dim' }
}

function haOf({ haState, haRequested }: Guest): Cell {
  if (haState === undefined) return ''
  if (haRequested === undefined || haRequested === haState) return haState
  return { text: `${haState}, wanted ${haRequested}`, style: haState === 'error' ? 'red' : 'yellow' }
}

function remarks(guest: Guest): string[] {
  return [
    guest.lock === undefined ? '' : `locked: ${guest.lock}`,
    guest.task === undefined ? '' : `${guest.task} runs`,
    guest.backedUp === false && !guest.template ? 'in no backup job' : '',
  ].filter((text) => text !== '')
}

/** `4 running, 1 stopped; should run and does not: qemu/101; 1 in no backup job` */
export function guestsLine(guests: GuestsBrief, paint: Paint): string {
  const { running, stopped, unknown, templates, down, locked, notBackedUp } = guests
  const numbers = [
    `${running} running`,
    `${stopped} stopped`,
    ...(unknown === 0 ? [] : [paint('yellow', `${unknown} unknown`)]),
    ...(templates === 0 ? [] : [count(templates, 'template')]),
  ]
  return [
    numbers.join(', '),
    ...(down.length === 0 ? [] : [paint('red', `down that should run: ${some(down)}`)]),
    ...(locked.length === 0 ? [] : [`locked: ${some(locked)}`]),
    ...(notBackedUp === undefined || notBackedUp === 0 ? [] : [paint('yellow', `${notBackedUp} in no backup job`)]),
  ].join('; ')
}

const MOST = 8

function some(ids: readonly string[]): string {
  const shown = ids.slice(0, MOST).map(tame).join(', ')
  return ids.length > MOST ? `${shown} and ${ids.length - MOST} more` : shown
}

/** The guests of each cluster, with its name where there are several. */
export function renderGuests(clusters: readonly Guests[], paint: Paint): string {
  const parts = clusters.map(({ cluster, trusted, guests }) => [
    ...(clusters.length > 1 ? [paint('bold', tame(`Cluster ${cluster}`))] : []),
    ...(trusted ? [] : [paint('red', '! No node with quorum was read lately: this is only what was last known.')]),
    ...(guests.length === 0 ? ['No guest matches.'] : guestsTable(guests, paint)),
  ])
  return parts.map((lines) => lines.join('\n')).join('\n\n')
}
