import type { Host } from '../../api/hosts.ts'
import type { Status } from '../../api/status.ts'
import { type Paint, type Style, VERDICT_STYLE } from '../text/paint.ts'
import { span, until, withDue } from '../text/span.ts'
import { type Cell, table, wrap } from '../text/table.ts'
import { alertsBrief } from './alerts-brief.ts'
import { eventLine } from './events.ts'
import { deviceLines, outletName, outletRemarks, watts } from './outlets.ts'
import { claimLine, planLines } from './plans.ts'

export type Canvas = { readonly paint: Paint /** 0: endless. */; readonly columns: number }

/** Everything at a glance: what is in force, the hosts, what is being done, what it stands on, what happened last. */
export function renderStatus(status: Status, canvas: Canvas): string {
  const { paint } = canvas
  const sections = [
    dryRun(status, canvas),
    headline(status, canvas),
    hosts(status, canvas),
    status.plans.flatMap((plan) => planLines(plan, paint)),
    titled('Wishes', status.claims.filter((claim) => claim.purpose !== 'recovery').map(claimLine), canvas),
    titled('References', references(status, paint), canvas),
    titled('Power devices', deviceLines(status.devices, paint), canvas),
    titled('Other outlets', otherOutlets(status, paint), canvas),
    titled(
      'Last events',
      status.events.map((event) => eventLine(event, paint, 'clock')),
      canvas,
    ),
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function dryRun(status: Status, { paint, columns }: Canvas): string[] {
  if (status.mode === 'act') return []
  const why =
    status.dryRunForced === undefined
      ? `Set mode: act in ${status.configuration === 'environment' ? 'a configuration file' : status.configuration} to act.`
      : `${status.dryRunForced} \`resume\` ends this.`
  const sentence = `DRY RUN: nothing is switched unasked; each power cycle that would have happened is told. ${why}`
  return [paint('yellow', wrap(sentence, columns, '  '))]
}

function headline(status: Status, { paint, columns }: Canvas): string[] {
  const { round, health } = status
  const turn = round.started === undefined ? 'no round yet' : `round ${round.number} ${span(round.started.agoMs)} ago`
  const state = health.live
    ? health.ready
      ? paint('green', 'healthy')
      : paint('yellow', 'starting')
    : paint('red', 'UNHEALTHY')
  const troubles = [
    ...health.reasons,
    ...(status.selfIsolated === undefined
      ? []
      : [
          `No reference has answered for ${span(status.selfIsolated.agoMs)}: the trouble may be ours. No cycle begins.`,
        ]),
    ...status.storms.map(
      ({ cluster, since }) => `Storm in ${cluster} for ${span(since.agoMs)}: too many hosts are silent at once.`,
    ),
    ...status.brokenChannels.map((channel) => `The probe ${channel} cannot work.`),
  ]
  return [
    `proxmox-watchdog ${status.version}, up ${span(status.started.agoMs)}, mode ${status.mode}, ${turn}, ${state}`,
    ...troubles.map((sentence) => paint('red', wrap(`! ${sentence}`, columns, '  '))),
    ...(health.alerting === undefined ? [] : [wrap(alertsBrief(health.alerting, paint), columns, '  ')]),
  ]
}

const COLUMNS = [
  { title: 'HOST' },
  { title: 'CLUSTER' },
  { title: 'ADDRESS' },
  { title: 'VERDICT' },
  { title: 'SINCE', right: true },
  { title: 'FAILS', right: true },
  { title: 'CYCLES', right: true },
  { title: 'OUTLETS' },
  { title: 'POWER', right: true },
] as const

function hosts(status: Status, canvas: Canvas): string[] {
  if (status.hosts.length === 0) return ['No host is watched.']
  const severalClusters = new Set(status.hosts.map(({ cluster }) => cluster)).size > 1
  const rows = status.hosts.map((host): Cell[] => [
    host.name,
    severalClusters ? host.cluster : '',
    host.address,
    { text: host.verdict, style: VERDICT_STYLE[host.verdict] },
    host.since === undefined ? '' : span(host.since.agoMs),
    { text: String(host.failures), style: host.failures > 0 ? 'yellow' : undefined },
    host.watchedOnly ? '' : { text: `${host.outage?.cycles ?? 0}/${host.maxCycles}`, style: cyclesStyle(host) },
    host.outlets.map((outlet) => `${outletName(outlet)} ${outlet.state}`).join(', '),
    power(host),
  ])
  const [title = '', ...lines] = table(COLUMNS, rows, canvas.paint)
  return [title, ...lines.flatMap((line, index) => [line, ...remarks(status.hosts[index] as Host, canvas)])]
}

function cyclesStyle(host: Host): Style | undefined {
  return host.lockout === undefined ? ((host.outage?.cycles ?? 0) > 0 ? 'yellow' : undefined) : 'red'
}

function power(host: Host): Cell {
  const metered = host.outlets.filter((outlet) => outlet.watts !== undefined)
  if (metered.length === 0) return ''
  const total = metered.reduce((sum, outlet) => sum + (outlet.watts ?? 0), 0)
  return { text: watts(total), style: metered.some(({ overLimit }) => overLimit) ? 'red' : undefined }
}

/** Only what is worth attention: a host that is well has its one line. */
function remarks(host: Host, { paint, columns }: Canvas): string[] {
  const well = host.verdict === 'up'
  const graceTold = host.holds.some(({ code }) => code === 'boot-grace')
  const lines = [
    ...(host.lockout === undefined ? [] : [`lockout: ${host.lockout.sentence}`]),
    ...(host.mapping.suspect === undefined ? [] : [`mapping suspect: ${host.mapping.suspect.sentence}`]),
    ...host.outlets
      .map((outlet) => ({ outlet, says: outletRemarks(outlet) }))
      .flatMap(({ outlet, says }) => (says === '' ? [] : [`${outletName(outlet)}: ${says}`])),
    ...(well ? [] : host.holds.map(({ code, sentence }) => `${code}: ${sentence}`)),
    ...(host.bootGraceUntil === undefined || well || graceTold
      ? []
      : [`boot grace ends ${until(host.bootGraceUntil.inMs)}`]),
    ...(well || host.next === undefined ? [] : [`next: ${withDue(host.next.sentence, host.next.due)}`]),
  ]
  return lines.map((line, index) => {
    const branch = index === lines.length - 1 ? '└' : '├'
    return `  ${paint('dim', branch)} ${wrap(line, columns === 0 ? 0 : columns - 4, '      ')}`
  })
}

function references(status: Status, paint: Paint): string[] {
  const width = Math.max(0, ...status.references.map(({ name }) => name.length))
  return status.references.map((reference) => {
    const answers =
      reference.answers === null
        ? paint('yellow', 'not asked yet')
        : reference.answers
          ? paint('green', 'answers')
          : paint('red', 'silent')
    const details = reference.channels.map(({ name, detail }) => (detail === undefined ? name : `${name} ${detail}`))
    return `${reference.name.padEnd(width)}  ${reference.address}  ${answers}  ${details.join(', ')}`
  })
}

function otherOutlets(status: Status, paint: Paint): string[] {
  const width = Math.max(0, ...status.otherOutlets.map((outlet) => outletName(outlet).length))
  return status.otherOutlets.map((outlet) => {
    const says = outletRemarks(outlet)
    const parts = [
      outletName(outlet).padEnd(width),
      outlet.label ?? outlet.alias ?? '',
      outlet.state,
      watts(outlet.watts),
    ]
    const line = parts.filter((part) => part !== '').join('  ')
    return says === '' ? line : `${line}  ${paint(outlet.overLimit ? 'red' : 'dim', says)}`
  })
}

function titled(title: string, lines: readonly string[], { paint, columns }: Canvas): string[] {
  if (lines.length === 0) return []
  return [paint('bold', title), ...lines.map((line) => `  ${wrap(line, columns, '      ')}`)]
}
