import { spell } from '../phrase.ts'
import type { Draft } from '../state/draft.ts'
import { type At, elapsedMs } from '../time.ts'
import type { UpsReading } from './reading.ts'
import { unitOf } from './supply.ts'
import type { Supply, UnitNow, UnitRow } from './types.ts'

/** How old what is on disk of a UPS may be: on battery it is what a restart goes on from. */
const KEPT_ON_BATTERY_MS = 15_000
const KEPT_ON_MAINS_MS = 10 * 60_000

/** Takes in what was read of the UPSes. Readings of others than the configured ones are dropped. */
export function takeReadings(draft: Draft, readings: readonly UpsReading[]): void {
  const { ups } = draft.state.policy
  if (ups === undefined) return
  for (const reading of readings) {
    if (unitOf(ups, reading.ups) === undefined) continue
    if (reading.hearing === 'heard') takeHeard(draft, reading)
    const before = draft.state.upsNow[reading.ups]
    draft.put('upsNow', reading.ups, unitNow(reading, before))
  }
}

function unitNow(reading: UpsReading, before: UnitNow | undefined): UnitNow {
  const isHeard = reading.hearing === 'heard'
  const heard = isHeard ? reading : before?.heard
  return {
    unit: reading.ups,
    reading,
    ...(heard === undefined ? {} : { heard }),
    ...(isHeard ? {} : { silentSince: before?.silentSince ?? reading.at }),
    told: before?.told ?? [],
  }
}

/** A calibration discharges the battery on purpose: it is no power failure. upsmon takes `OB LB CAL` so, too. */
function supplyBy(status: readonly string[]): Supply {
  if (status.includes('OB') && !status.includes('CAL')) return 'battery'
  return status.includes('OL') || status.includes('CAL') ? 'mains' : 'unknown'
}

function takeHeard(draft: Draft, reading: UpsReading): void {
  const before = draft.state.upsUnits[reading.ups]
  const supply = supplyBy(reading.status)
  const row: UnitRow = {
    unit: reading.ups,
    supply,
    since: before?.supply === supply ? before.since : reading.at,
    heardAt: reading.at,
    low: supply === 'battery' && reading.status.includes('LB'),
    fsd: fsdBy(draft, reading, before, supply),
    ...(reading.chargePercent === undefined ? {} : { chargePercent: reading.chargePercent }),
    ...(reading.runtimeMs === undefined ? {} : { runtimeMs: reading.runtimeMs }),
  }
  tell(draft, row, before)
  if (before === undefined || isWorthKeeping(row, before)) draft.put('upsUnits', row.unit, row)
}

function isWorthKeeping(row: UnitRow, before: UnitRow): boolean {
  if (row.supply !== before.supply || row.low !== before.low || row.fsd !== before.fsd) return true
  const keptMs = row.supply === 'battery' ? KEPT_ON_BATTERY_MS : KEPT_ON_MAINS_MS
  return elapsedMs(before.heardAt, row.heardAt) >= keptMs
}

/**
 * FSD is a latch that survives the return of power: a node that obeyed it at its start would shut down again and again.
 * So it is an order only where it was seen to come: on one connection, or while the UPS was on battery all along.
 */
function fsdBy(draft: Draft, reading: UpsReading, before: UnitRow | undefined, supply: Supply): UnitRow['fsd'] {
  if (!reading.status.includes('FSD')) return 'none'
  if (before !== undefined && before.fsd !== 'none') return before.fsd
  const last = draft.state.upsNow[reading.ups]?.heard
  const seenToCome = last !== undefined && last.connection === reading.connection && !last.status.includes('FSD')
  const onBatteryAllAlong = supply === 'battery' && before?.supply === 'battery'
  return seenToCome || onBatteryAllAlong ? 'ordered' : 'latched'
}

function tell(draft: Draft, row: UnitRow, before: UnitRow | undefined): void {
  const { unit } = row
  if (row.supply === 'battery' && before?.supply !== 'battery') {
    draft.tell('ups-on-battery', `UPS ${unit} is on battery${leftOf(row)}.`)
  }
  if (row.supply === 'mains' && before !== undefined && before.supply !== 'mains') {
    const lasted = before.supply === 'battery' ? ` after ${spell(lastedMs(before, row.heardAt))} on battery` : ''
    draft.tell('ups-on-mains', `UPS ${unit} is on mains again${lasted}.`)
  }
  if (row.low && before?.low !== true) {
    draft.tell('ups-low-battery', `The battery of UPS ${unit} is low${leftOf(row)}.`)
  }
  if (row.fsd === before?.fsd || row.fsd === 'none') return
  if (row.fsd === 'ordered') {
    draft.tell('ups-forced-shutdown', `UPS ${unit} orders a forced shutdown (FSD): its power will be cut.`)
  } else {
    draft.tell(
      'ups-fsd-latched',
      `UPS ${unit} carries FSD since before we looked. It stays until upsd is restarted, so it is no order: restart upsd.`,
    )
  }
}

function lastedMs(before: UnitRow, now: At): number {
  return elapsedMs(before.since, now)
}

function leftOf({ chargePercent, runtimeMs }: UnitRow): string {
  const parts = [
    ...(chargePercent === undefined ? [] : [`${Math.round(chargePercent)} % charge`]),
    ...(runtimeMs === undefined ? [] : [`${spell(runtimeMs)} by its own reckoning`]),
  ]
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`
}
