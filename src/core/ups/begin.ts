import { list, spell } from '../phrase.ts'
import type { Draft } from '../state/draft.ts'
import { metaOf } from '../state/initial.ts'
import type { State } from '../state/types.ts'
import { elapsedMs, later } from '../time.ts'
import { drainingUnits } from './battery.ts'
import { NOT_ASKED, OutageEdit } from './outage-edit.ts'
import type { FedHost, UpsPolicy } from './policy.ts'
import type { HostProgress, PowerOutage, UnitRow } from './types.ts'

/** A power failure begins once a host has been on battery for longer than a blip, or at once by an order or a low battery. */
export function beginOutage(draft: Draft, policy: UpsPolicy): OutageEdit | undefined {
  const rows = new Map<string, UnitRow>()
  let isTime = false
  for (const host of policy.hosts) {
    for (const row of drainingUnits(draft.state, policy, host, draft.now)) {
      rows.set(row.unit, row)
      const leftMs = policy.debounceMs - elapsedMs(row.since, draft.now)
      if (leftMs <= 0 || row.low) isTime = true
      else draft.wakeIn(leftMs)
    }
    for (const unit of host.units) {
      const row = draft.state.upsUnits[unit]
      if (row?.fsd !== 'ordered') continue
      rows.set(unit, row)
      isTime = true
    }
  }
  if (!isTime) return undefined
  const edit = new OutageEdit(draft, policy, freshOutage(draft, policy, [...rows.values()]))
  edit.tell('power-outage-begun', begunSentence(edit, [...rows.keys()]))
  return edit
}

function freshOutage(draft: Draft, policy: UpsPolicy, rows: readonly UnitRow[]): PowerOutage {
  const { state, now } = draft
  const first = rows.filter(({ supply }) => supply === 'battery').map(({ since }) => since)
  const startedAt = first.sort((a, b) => a.wallMs - b.wallMs)[0] ?? now
  return {
    id: draft.newId('outage'),
    startedAt,
    phase: 'on-battery',
    dryRun: state.policy.mode === 'dry-run' || metaOf(state).forcedDryRun !== undefined,
    relapses: 0,
    units: {},
    stages: policy.stages.map((plan) => ({ name: plan.name, plan })),
    hosts: Object.fromEntries(policy.hosts.map((fed) => [fed.host, freshHost(state, policy, fed, now)])),
    clusters: {},
    guests: {},
    story: [],
  }
}

export function freshHost(state: State, policy: UpsPolicy, fed: FedHost, since: HostProgress['since']): HostProgress {
  const site = Object.values(state.powerSites).find(({ nodes }) => nodes.some(({ host }) => host === fed.host))
  const node = site?.nodes.find(({ host }) => host === fed.host)?.node
  const cluster = site?.cluster ?? state.policy.hosts.find(({ name }) => name === fed.host)?.cluster
  return {
    host: fed.host,
    cluster: cluster ?? '',
    node: node ?? fed.host,
    fed,
    stage: policy.stages.findIndex(({ hosts }) => hosts.includes(fed.host)),
    step: 'running',
    since,
    ask: NOT_ASKED,
  }
}

function begunSentence(edit: OutageEdit, units: readonly string[]): string {
  const { outage, policy, now } = edit
  const stage = outage.stages[0]
  const afterMs = stage?.plan.afterMs
  const next =
    stage === undefined
      ? ' No stage is configured: nothing is shut down.'
      : afterMs === undefined
        ? ''
        : ` ${outage.dryRun ? 'The mode is dry-run: what would be done is told.' : `If it lasts, ${stage.name} begins ${spell(Math.max(0, elapsedMs(now, later(outage.startedAt, afterMs))))} from now.`}`
  const on = policy.hosts.filter(({ units: own }) => own.some((unit) => units.includes(unit))).map(({ host }) => host)
  return `A power failure: UPS ${list(units)} ${units.length === 1 ? 'carries' : 'carry'} ${list(on)}.${next}`
}
