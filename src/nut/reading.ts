import type { UpsHearing, UpsReading } from '../core/ups/reading.ts'
import type { NutFailure } from './outcome.ts'

/** The variables of one UPS by their names, such as `ups.status`. */
export type NutVariables = Readonly<Record<string, string>>

const HEARINGS: Readonly<Record<NutFailure, UpsHearing>> = {
  unreachable: 'unreachable',
  timeout: 'unreachable',
  tls: 'refused',
  broken: 'broken',
  'access-denied': 'refused',
  'unknown-ups': 'unknown-ups',
  'data-stale': 'stale',
  'driver-not-connected': 'driver-gone',
  'not-supported': 'refused',
  refused: 'broken',
}

export function hearingOf(code: NutFailure): UpsHearing {
  return HEARINGS[code]
}

/** What the numbers of a UPS say. A number that is none is left out. */
export function readingOf(
  base: Pick<UpsReading, 'ups' | 'at' | 'connection'>,
  status: string,
  variables: NutVariables,
): UpsReading {
  const tokens = status
    .toUpperCase()
    .split(/\s+/)
    .filter((token) => token !== '')
  // A driver that has only started knows nothing yet.
  if (tokens.length === 0 || tokens.includes('WAIT')) return { ...base, hearing: 'waiting', status: [] }
  const nominalWatts = number(variables['ups.realpower.nominal'])
  const loadPercent = number(variables['ups.load'])
  const told = number(variables['ups.realpower'])
  const reckoned =
    nominalWatts === undefined || loadPercent === undefined ? undefined : (nominalWatts * loadPercent) / 100
  return {
    ...base,
    hearing: 'heard',
    status: tokens,
    ...optional('chargePercent', number(variables['battery.charge'])),
    ...optional('lowChargePercent', number(variables['battery.charge.low'])),
    ...optional('runtimeMs', seconds(variables['battery.runtime'])),
    ...optional('lowRuntimeMs', seconds(variables['battery.runtime.low'])),
    ...optional('loadPercent', loadPercent),
    ...optional('watts', told ?? reckoned),
    ...optional('nominalWatts', nominalWatts),
    ...optional('inputVolts', number(variables['input.voltage'])),
    ...optional('model', variables['device.model'] ?? variables['ups.model']),
  }
}

function number(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const value = Number(text)
  return Number.isFinite(value) && value >= 0 ? value : undefined
}

function seconds(text: string | undefined): number | undefined {
  const value = number(text)
  return value === undefined ? undefined : value * 1_000
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V }
}
