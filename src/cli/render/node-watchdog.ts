import type { NodeWatchdogStatusAnswer } from '../../api/node-watchdogs.ts'
import { tame } from '../text/paint.ts'
import { until } from '../text/span.ts'
import { wrap } from '../text/table.ts'
import { findingLines } from './audit.ts'
import type { Canvas } from './status.ts'

/** The watchdog of one node in words: who holds it, who feeds it, what is wanted of it, and the risk. */
export function renderNodeWatchdog(status: NodeWatchdogStatusAnswer, canvas: Canvas): string {
  const { paint, columns } = canvas
  const title = `${tame(status.node)} of ${tame(status.cluster)}`
  const lines = [paint('bold', title) + (status.online === false ? paint('red', ' is away') : '')]
  const add = (name: string, words: string) =>
    lines.push(wrap(`  ${name.padEnd(12)}${tame(words)}`, columns, ' '.repeat(14)))
  add('HA', haWords(status))
  add('device', deviceWords(status))
  add('clients', clientWords(status))
  for (const words of unitWords(status)) add('service', words)
  if (status.inside?.configuredModule !== undefined)
    add('configured', `WATCHDOG_MODULE=${status.inside.configuredModule}`)
  if (status.wish !== undefined) add('wanted', wishWords(status.wish))
  for (const sentence of status.trouble) add('not seen', sentence)
  if (status.findings.length > 0) lines.push('')
  for (const found of status.findings) lines.push(...findingLines(found, canvas))
  return lines.join('\n')
}

function haWords({ armed, lrm, journal }: NodeWatchdogStatusAnswer): string {
  const local =
    lrm === undefined
      ? ''
      : `; its LRM is ${lrm.state}${lrm.watchdog === 'unknown' ? '' : `, watchdog ${lrm.watchdog}`}`
  const told = journal?.crm === 'active' ? '; it was the manager and took the watchdog' : ''
  return `${armed === 'unknown' ? 'whether it is armed is not told (before 9.2)' : armed}${local}${told}`
}

function deviceWords({ inside, journal }: NodeWatchdogStatusAnswer): string {
  if (inside === undefined) {
    if (journal === undefined) return 'not known'
    const driver = journal.driver === undefined ? '' : `, driver '${journal.driver}'`
    return `watchdog-mux ${journal.mux === 'unknown' ? 'is not told of' : journal.mux}${driver} (by its journal)`
  }
  const devices = inside.devices.map(({ name, identity, state, timeoutS, nowayout }) => {
    const facts = [
      identity,
      state,
      timeoutS === undefined ? undefined : `${timeoutS} s`,
      nowayout ? 'nowayout' : undefined,
    ]
    return `${name} (${facts.filter((each) => each !== undefined).join(', ')})`
  })
  const there = inside.deviceNode ? devices.join(', ') || '/dev/watchdog is there' : 'none'
  if (!inside.root) return `${there}; who holds it is only shown to root`
  const holders = inside.holders.map(({ command, pid, device }) => `${command} (PID ${pid}) holds ${device}`)
  return `${there}; ${holders.length === 0 ? 'nobody holds it' : holders.join(', ')}`
}

function clientWords({ inside, journal }: NodeWatchdogStatusAnswer): string {
  if (inside !== undefined)
    return inside.marker ? 'connected: HA feeds it, and the node is reset when it stops' : 'none'
  if (journal === undefined) return 'not known'
  const active = journal.lrm === 'active' || journal.crm === 'active'
  return active ? 'HA took the watchdog (by its journal)' : 'none is told of'
}

function unitWords({ inside }: NodeWatchdogStatusAnswer): string[] {
  return Object.entries(inside?.units ?? {}).map(([name, { enabled, active }]) => `${name}: ${active}, ${enabled}`)
}

function wishWords({ goal, forGood, by, rearm, settled, note }: NonNullable<NodeWatchdogStatusAnswer['wish']>): string {
  const when = rearm === undefined ? (forGood ? 'for good' : '') : `armed again ${until(rearm.inMs)}`
  const stand = settled ? 'reached' : 'not reached yet'
  const words = [goal, when, `by ${by}`, stand].filter((each) => each !== '')
  return `${words.join(', ')}. ${note}`
}
