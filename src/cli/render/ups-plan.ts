import { list, spell } from '../../core/phrase.ts'
import type { Forecast, ForecastCluster, ForecastHost, ForecastUnit } from '../../core/ups/forecast/types.ts'
import type { PlanRisk } from '../../core/ups/plan-risks.ts'
import { tame } from '../text/paint.ts'
import { table, wrap } from '../text/table.ts'
import type { Canvas } from './status.ts'

/** What would be done when, what it is reckoned from, and what is in the way. */
export function renderUpsPlan(forecast: Forecast, risks: readonly PlanRisk[], canvas: Canvas): string {
  const { paint, columns } = canvas
  const what = forecast.isLive ? 'How the power failure goes on' : 'If mains failed now'
  const dry = forecast.mode === 'dry-run' ? ' (the mode is dry-run: all of this would only be told)' : ''
  const grave = risks.filter((risk) => risk.grave)
  return [
    paint('bold', `${what}${dry}`),
    '',
    ...unitLines(forecast.units, canvas),
    '',
    ...hostLines(forecast, canvas),
    '',
    ...forecast.clusters.flatMap((cluster) => clusterLines(cluster, canvas)),
    paint('bold', 'When'),
    ...timeLines(forecast, canvas),
    ...(risks.length === 0 ? [] : ['', paint(grave.length > 0 ? 'red' : 'bold', 'In the way')]),
    ...risks.map(({ sentence, grave: isGrave }) => wrap(`  ${isGrave ? '!' : '-'} ${tame(sentence)}`, columns, '    ')),
    '',
    wrap(tame(`Supposed: ${forecast.supposed.join('; ')}.`), columns, '  '),
  ].join('\n')
}

function unitLines(units: readonly ForecastUnit[], { paint }: Canvas): string[] {
  const titles = ['UPS', 'CHARGE', 'LEFT', 'LOAD', 'IN THE END'].map((title) => ({ title }))
  return table(
    titles,
    units.map((unit) => [
      unit.unit,
      unit.chargePercent === undefined ? '?' : `${Math.round(unit.chargePercent)} %`,
      unit.runtimeMs === undefined ? '?' : spell(unit.runtimeMs),
      loadOf(unit),
      endOf(unit),
    ]),
    paint,
  )
}

function loadOf({ watts, loads, restRatio }: ForecastUnit): string {
  const share = (ratio: number) => `${Math.round(ratio * 100)} %`
  const parts = loads.map(
    ({ host, watts: own, ratio }) => `${host} ${own === undefined ? share(ratio) : `${Math.round(own)} W`}`,
  )
  const rest = restRatio < 0.005 ? [] : [`rest ${share(restRatio)}`]
  return `${watts === undefined ? '' : `${Math.round(watts)} W: `}${[...parts, ...rest].join(', ')}`
}

function endOf({ leftPercent, emptyAfterMs }: ForecastUnit) {
  if (emptyAfterMs !== undefined) return { text: `empty after ${spell(emptyAfterMs)}`, style: 'red' as const }
  return leftPercent === undefined ? '' : `${Math.round(leftPercent)} %`
}

function hostLines({ hosts, mainsBackAfterMs: mainsMs }: Forecast, { paint }: Canvas): string[] {
  const titles = ['HOST', 'PHASE', 'GUESTS', 'NODE', 'OFF AFTER', 'BACK AFTER MAINS'].map((title) => ({ title }))
  const rows = hosts.map((host) => [
    host.host,
    host.stage ?? 'stays',
    host.guests === 0 ? 'none' : `${host.guests} in ${spell(host.guestsMs)}`,
    spell(host.nodeMs),
    offOf(host),
    host.backAfterMs === undefined || mainsMs === undefined ? '' : spell(Math.max(0, host.backAfterMs - mainsMs)),
  ])
  return table(titles, rows, paint)
}

function offOf({ offAfterMs, lostPowerAfterMs }: ForecastHost) {
  if (lostPowerAfterMs !== undefined) {
    return { text: `loses power after ${spell(lostPowerAfterMs)}`, style: 'red' as const }
  }
  return offAfterMs === undefined ? '' : spell(offAfterMs)
}

const HA: Record<ForecastCluster['ha'], string> = {
  'nothing-managed': 'HA manages nothing, so that no node fences itself',
  disarm: 'HA is disarmed before the first node goes, and armed again in the end',
  ignore: 'what HA manages is set to ignored before the first node goes, and back in the end',
  none: 'HA stays armed',
}

function clusterLines({ cluster, ha, why, stages }: ForecastCluster, { paint, columns }: Canvas): string[] {
  const lines = stages.map(({ stage, hosts, leftVotes, neededVotes }) => {
    const has = leftVotes >= neededVotes
    const votes = `${leftVotes} ${leftVotes === 1 ? 'vote is' : 'votes are'} left, ${neededVotes} are needed`
    return wrap(`  after ${stage} (${list(hosts)}): ${has ? 'quorum' : 'no quorum'}: ${votes}`, columns, '    ')
  })
  const how = `  ${HA[ha]}${why === undefined ? '' : `: ${tame(why)}`}.`
  return [paint('bold', `Cluster ${cluster}`), ...lines, wrap(how, columns, '  '), '']
}

function timeLines({ timeline, ends }: Forecast, { paint, columns }: Canvas): string[] {
  const width = Math.max(7, ...timeline.map(({ afterMs }) => clock(afterMs).length))
  const indent = ' '.repeat(width + 2)
  const lines = timeline.map(({ afterMs, code, sentence }) => {
    const text = wrap(tame(sentence), columns === 0 ? 0 : Math.max(30, columns - width - 2), indent)
    return `${clock(afterMs).padStart(width)}  ${code === 'supposed' ? paint('dim', text) : text}`
  })
  return ends === 'over' ? lines : [...lines, `${indent}After a day it was not over.`]
}

/** `5:00`, `1:02:30`: since mains failed. */
function clock(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3_600)
  const minutes = Math.floor(seconds / 60) % 60
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`
}
