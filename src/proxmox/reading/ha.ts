import type { HaService, HaStatus, Lrm } from '../../core/cluster/types.ts'
import { flag, maybeText, number, optional, type Row, row, rows, text } from './loose.ts'

const ARMED = ['armed', 'standby', 'disarming', 'disarmed'] as const

/**
 * `GET /cluster/ha/status/current`, with `GET /cluster/ha/status/manager_status` where it could be read: only that one
 * tells how the manager sees the nodes. Of an LRM the first has only words for people.
 */
export function readHa(current: unknown, manager: unknown): HaStatus | undefined {
  const items = rows(current)
  if (items === undefined) return undefined
  const of = (type: string) => items.filter((item) => item.type === type)
  const [quorum] = of('quorum')
  const [master] = of('master')
  const [fencing] = of('fencing')
  const lrmStates = row(row(manager)?.lrm_status) ?? {}
  return {
    quorate: flag(quorum?.quorate),
    armed: ARMED.find((each) => each === fencing?.['armed-state']) ?? 'unknown',
    lrms: of('lrm').map((item) => lrm(item, row(lrmStates[text(item.node)]))),
    services: of('service').flatMap(service),
    nodeStates: nodeStates(manager),
    ...optional(
      'master',
      master === undefined ? undefined : { node: text(master.node), timestampS: number(master.timestamp) },
    ),
    ...optional('resourceMode', maybeText(fencing?.resource_mode)),
  }
}

/** `pve3 (old timestamp - dead?, watchdog standby, Fri Nov 20 18:47:26 2026)`; before 9.2 without the watchdog. */
function lrm(item: Row, told: Row | undefined): Lrm {
  const words = text(item.status)
  const [first = ''] = (/\((.*)\)/.exec(words)?.[1] ?? '').split(', ')
  const dead = /old timestamp|dead\?/.test(first)
  const watchdog = /watchdog (active|standby)/.exec(words)?.[1]
  const unreadable = /unable to read/.test(words)
  return {
    node: text(item.node),
    timestampS: number(item.timestamp),
    state: dead || unreadable ? (maybeText(told?.state) ?? 'unknown') : first || 'unknown',
    dead,
    watchdog: watchdog === 'active' || watchdog === 'standby' ? watchdog : 'unknown',
    words,
  }
}

function service(item: Row): HaService[] {
  const sid = maybeText(item.sid) ?? text(item.id).replace(/^service:/, '')
  if (sid === '') return []
  const state = maybeText(item.crm_state) ?? maybeText(item.state) ?? 'unknown'
  return [{ sid, node: text(item.node), state, ...optional('requestState', maybeText(item.request_state)) }]
}

function nodeStates(manager: unknown): Readonly<Record<string, string>> {
  const states = row(row(row(manager)?.manager_status)?.node_status) ?? {}
  return Object.fromEntries(Object.entries(states).map(([node, state]) => [node, text(state)]))
}
