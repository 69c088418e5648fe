import type { State } from '../../core/state/types.ts'
import type { At } from '../../core/time.ts'
import { isHeard } from '../../core/ups/supply.ts'
import type { UpsDesk } from '../../ports/ups-desk.ts'
import { labelText, MetricText } from '../metric-text.ts'

const PREFIX = 'network_ups_tools_'
/** Those that nut_exporter shows as 0 where they do not hold. */
const FLAGS = 'OL OB LB HB RB CHRG DISCHRG BYPASS CAL OFF OVER TRIM BOOST FSD SD'.split(' ')
/** Of `device_info`. A serial number and a hardware address are nobody's business: they stay empty. */
const DEVICE = ['model', 'mfr', 'serial', 'type', 'description', 'contact', 'location', 'part', 'macaddr'] as const
const PRIVATE: readonly string[] = ['serial', 'macaddr']
/** Not a number that says anything, even where it looks like one. */
const NO_NUMBER = /\.(?:serial|id|macaddr|firmware|date|part|productid|vendorid)(?:\.|$)/

/**
 * What each UPS tells under the names and labels of nut_exporter (DRuggeri), so that its dashboards work: each variable
 * of NUT that is a number, `ups_status` by flag, and `device_info`. A UPS that is not heard is left out.
 */
export function nutText(state: State, now: At, desk: UpsDesk | undefined): string {
  if (desk === undefined) return ''
  const families = new Map<string, { readonly help: string; readonly samples: [string, number][] }>()
  const put = (name: string, help: string, labels: Readonly<Record<string, string>>, value: number) => {
    const family = families.get(name) ?? { help, samples: [] }
    family.samples.push([labelText(labels), value])
    families.set(name, family)
  }
  for (const unit of state.policy.ups?.units ?? []) {
    if (!isHeard(state, unit, now)) continue
    const variables = desk.variables(unit.name)
    const status = state.upsNow[unit.name]?.heard?.status ?? []
    for (const flag of new Set([...FLAGS, ...status])) {
      put(
        'ups_status',
        'Status of the UPS, by flag (ups.status).',
        { ups: unit.name, flag },
        status.includes(flag) ? 1 : 0,
      )
    }
    putDevice(unit.name, variables, put)
    const seen = new Set<string>()
    for (const [name, text] of Object.entries(variables)) {
      const value = NO_NUMBER.test(name) || text.trim() === '' ? Number.NaN : Number(text)
      const safe = name.replaceAll(/[.-]/g, '_')
      // A sample that is there twice would fail the whole scrape.
      if (!Number.isFinite(value) || !/^\w+$/.test(safe) || seen.has(safe)) continue
      seen.add(safe)
      put(safe, `Variable ${name} of NUT.`, { ups: unit.name }, value)
    }
  }
  return rendered(families)
}

type PutInfo = (name: string, help: string, labels: Readonly<Record<string, string>>, value: number) => void

function putDevice(ups: string, variables: Readonly<Record<string, string>>, put: PutInfo): void {
  const labels = Object.fromEntries(
    DEVICE.map((label) => {
      const told =
        variables[`device.${label}`] ?? (label === 'model' || label === 'mfr' ? variables[`ups.${label}`] : '')
      return [label, PRIVATE.includes(label) ? '' : (told ?? '')]
    }),
  )
  put('device_info', 'What the UPS is.', { ups, ...labels }, 1)
}

function rendered(families: ReadonlyMap<string, { help: string; samples: readonly [string, number][] }>): string {
  const text = new MetricText()
  for (const [name, { help, samples }] of [...families].sort(([a], [b]) => (a < b ? -1 : 1))) {
    text.family(`${PREFIX}${name}`, 'gauge', help)
    for (const [labels, value] of samples) text.sample(`${PREFIX}${name}`, labels, value)
  }
  return text.toString()
}
