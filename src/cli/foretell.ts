import type { Outlet } from '../api/outlets.ts'
import type { Status } from '../api/status.ts'
import type { Wanted } from './progress.ts'
import { outletName, watts } from './render/outlets.ts'
import type { Subject } from './subject.ts'
import { span } from './text/span.ts'

type Times = { readonly protected?: boolean; readonly untilMs?: number | 'release'; readonly holdMs?: number }

/** What an order will do, for the person who is about to agree to it. */
export function foretell(status: Status, subject: Subject, wanted: Wanted, times: Times): string {
  const host = status.hosts.find(({ name }) => name === subject.host)
  const outlets = subject.outlets.filter(({ level }) => (level ?? 0) === 0 || subject.outlets.length === 1)
  const lines = outlets.map(
    (outlet) =>
      `Outlet ${outletName(outlet)}${nameOf(outlet)} is ${[outlet.state, watts(outlet.watts)].filter((part) => part !== '').join(', ')}.`,
  )
  if (host !== undefined) {
    lines.push(`It feeds ${host.name} (${host.address}), which is ${host.verdict}.`)
    if (wanted !== 'on' && host.verdict === 'up')
      lines.push(`${host.name} answers: everything that runs on it will be cut off.`)
  }
  if (subject.outlets.some((outlet) => outlet.protected)) {
    lines.push(
      times.protected === true
        ? 'It is protected, and is switched all the same.'
        : 'It is protected: this needs --protected.',
    )
  }
  return [...lines, actionOf(wanted, times)].join('\n')
}

function nameOf({ label, alias }: Outlet): string {
  const name = label ?? alias
  return name === undefined ? '' : ` (${name})`
}

function actionOf(wanted: Wanted, { untilMs, holdMs }: Times): string {
  switch (wanted) {
    case 'on':
      return 'It will be turned on.'
    case 'off':
      return untilMs === 'release' || untilMs === undefined
        ? 'It will be turned off and stay off until `outlets on`.'
        : `It will be turned off, and on again after ${span(untilMs)}.`
    case 'cycle':
      return `It will be turned off, verified off, held off for ${holdMs === undefined ? 'the configured time' : span(holdMs)}, and turned on.`
    case 'verify':
      return 'It will be turned off for a short while and on again, and the host must fall silent and come back with it.'
  }
}
