import { OUTLET } from '../../power/arbiter.ts'
import { fingerprintOf } from '../fingerprint.ts'
import type { AlertUpdate, Labels } from '../types.ts'
import { clusterLabels } from './cluster-labels.ts'
import { partsOf } from './device-conditions.ts'
import { ORPHAN } from './plan-conditions.ts'
import type { Sight } from './sight.ts'
import { type NoticeName, OWN_ALERTS, type OwnAlertName, runbookOf } from './table.ts'
import type { AlertRecord } from './types.ts'

/** The label by which an alert of ours is known as such, wherever it comes back from. */
export const OWN_SOURCE = 'proxmox-watchdog'

/** What an alert bears. Its fingerprint is over these, so nothing is in it that changes while it fires. */
export function labelsOf(sight: Sight, name: OwnAlertName, subject: string): Labels {
  const { severity } = OWN_ALERTS[name]
  return { alertname: name, severity, ...aboutOf(sight, name, subject), source: OWN_SOURCE }
}

function aboutOf(sight: Sight, name: OwnAlertName, subject: string): Labels {
  switch (OWN_ALERTS[name].about) {
    case 'host':
      return hostLabels(sight, subject)
    case 'target':
      if (subject.startsWith(OUTLET)) return partsOf(subject.slice(OUTLET.length))
      if (!subject.startsWith(ORPHAN)) return hostLabels(sight, subject)
      return subject === ORPHAN ? {} : partsOf(subject.slice(ORPHAN.length))
    case 'outlet':
      return partsOf(subject)
    case 'device':
      return { device: subject }
    case 'cluster':
      return { cluster: subject }
    case 'probe':
      return { probe: subject }
    case 'channel':
      return subject === '' ? {} : { channel: subject }
    case 'ups':
      return { ups: subject }
    case 'watchdog':
      return {}
    case 'node':
    case 'guest':
    case 'guest-or-node':
    case 'storage':
    case 'job':
      return clusterLabels(OWN_ALERTS[name].about, subject)
  }
}

function hostLabels(sight: Sight, host: string): Labels {
  const cluster = sight.host(host)?.cluster
  return cluster === undefined ? { host } : { host, cluster }
}

export type Fired = NonNullable<AlertRecord['fired']>

export function firing({ labels, fingerprint, summary, startsMs }: Fired, description: string): AlertUpdate {
  return {
    kind: 'alert',
    source: 'own',
    status: 'firing',
    fingerprint,
    labels,
    annotations: annotationsOf(labels.alertname as string, summary, description),
    severity: severityOf(labels),
    startsMs,
  }
}

/** With the labels and the begin that it fired with. A clock that was set back makes no end before its begin. */
export function resolved(fired: Fired, description: string, endsMs: number): AlertUpdate {
  return { ...firing(fired, description), status: 'resolved', endsMs: Math.max(fired.startsMs, Math.round(endsMs)) }
}

export function notice(labels: Labels, summary: string, description: string, atMs: number): AlertUpdate {
  const fired = { labels, fingerprint: fingerprintOf(labels), summary, startsMs: atMs }
  return { ...firing(fired, description), status: 'notice' }
}

function annotationsOf(name: string, summary: string, description: string): Labels {
  return { summary, description, runbook_url: runbookOf(name) }
}

/** As it was when it fired: another version may think otherwise of it. */
function severityOf(labels: Labels): AlertUpdate['severity'] {
  return labels.severity as AlertUpdate['severity']
}

export function isDisabled({ state }: Sight, name: OwnAlertName | NoticeName): boolean {
  return state.policy.disabledAlerts?.includes(name) === true
}
