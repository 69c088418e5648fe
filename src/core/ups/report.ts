import { list, spell } from '../phrase.ts'
import type { State } from '../state/types.ts'
import { elapsedMs } from '../time.ts'
import { endLeases } from './leases.ts'
import type { OutageEdit } from './outage-edit.ts'
import type { PowerOutage } from './types.ts'

const KEPT = 50
const WATT_MS_PER_WH = 3_600_000

/** The failure is over: told as one report, and kept. */
export function endOutage(edit: OutageEdit): void {
  edit.set({ phase: 'over', endedAt: edit.now })
  const sentence = reportOf(edit.outage)
  edit.tell('power-outage-over', sentence, isWhole(edit.outage) ? { severity: 'info' } : {})
  endLeases(edit.draft)
  for (const id of oldest(edit.state)) edit.draft.put('powerOutages', id, undefined)
}

function oldest(state: State): readonly string[] {
  const ended = Object.values(state.powerOutages).filter(({ phase }) => phase === 'over')
  const byAge = ended.sort((a, b) => a.startedAt.wallMs - b.startedAt.wallMs)
  return byAge.slice(0, Math.max(0, ended.length - KEPT + 1)).map(({ id }) => id)
}

/** Everything that ran before runs again. */
export function isWhole(outage: PowerOutage): boolean {
  return missingOf(outage).length === 0
}

/** What did not come back, by name. */
export function missingOf({ hosts, guests }: PowerOutage): readonly string[] {
  return [
    ...Object.values(hosts)
      .filter(({ step }) => step !== 'on' && step !== 'running')
      .map(({ host }) => host),
    ...Object.values(guests)
      .filter(({ step }) => step !== 'running')
      .map(({ name, guest }) => `${name} (${guest})`),
  ]
}

/** Energy taken from the batteries, in watt-hours; undefined where no UPS told its power. */
export function energyWh({ units }: PowerOutage): number | undefined {
  const sum = Object.values(units).reduce((all, { wattMs }) => all + wattMs, 0)
  return sum === 0 ? undefined : sum / WATT_MS_PER_WH
}

/** One paragraph for people: times, energy, who went down when, what did not come back. */
export function reportOf(outage: PowerOutage): string {
  const { startedAt, endedAt, mainsBackAt, units, hosts } = outage
  const onBattery = Object.values(units).map(({ unit, onBatteryMs, earlierMs = 0, lowestChargePercent }) => {
    const lowest = lowestChargePercent === undefined ? '' : `, down to ${Math.round(lowestChargePercent)} %`
    return `${unit} was on battery for ${spell(onBatteryMs + earlierMs)}${lowest}`
  })
  const down = Object.values(hosts).filter(({ shutdownAt }) => shutdownAt !== undefined)
  const went = down.map(({ host, shutdownAt, onAt }) => {
    const after = shutdownAt === undefined ? '' : ` after ${spell(elapsedMs(startedAt, shutdownAt))}`
    const back =
      onAt === undefined || mainsBackAt === undefined ? '' : `, back ${spell(elapsedMs(mainsBackAt, onAt))} after mains`
    return `${host} went down${after}${back}`
  })
  const missing = missingOf(outage)
  const wh = energyWh(outage)
  return [
    `The power failure is over${endedAt === undefined ? '' : ` after ${spell(elapsedMs(startedAt, endedAt))}`}.`,
    ...(onBattery.length === 0 ? [] : [`UPS ${list(onBattery)}.`]),
    ...(wh === undefined ? [] : [`The batteries gave ${wh < 10 ? wh.toFixed(1) : Math.round(wh)} Wh.`]),
    went.length === 0 ? 'No node was shut down.' : `${list(went)}.`,
    missing.length === 0 ? 'Everything that ran before runs again.' : `Not back: ${list(missing)}.`,
  ].join(' ')
}
