import { fingerprintOf } from '../../core/alerts/fingerprint.ts'
import type { AlertUpdate } from '../../core/alerts/types.ts'
import { bounded, boundedExtra, shortened } from './bounds.ts'
import { type Converted, type Fields, isFields, rejectedWhole } from './converted.ts'
import { severityOf } from './severity.ts'

const KNOWN = new Set(['title', 'message', 'severity', 'timestamp', 'fields'])
const MOST_TITLE_LENGTH = 200

/** What a notification of a type is called, and what where its severity is `error`. */
const NAMES = new Map<string, readonly [string, string]>([
  ['vzdump', ['ProxmoxBackup', 'ProxmoxBackupFailed']],
  ['replication', ['ProxmoxReplication', 'ProxmoxReplicationFailed']],
  ['fencing', ['ProxmoxFencing', 'ProxmoxFencing']],
  ['package-updates', ['ProxmoxPackageUpdates', 'ProxmoxPackageUpdatesFailed']],
  ['system-mail', ['ProxmoxSystemMail', 'ProxmoxSystemMail']],
])

/**
 * A notification of Proxmox VE (8.3 and later) or Proxmox Backup Server in the form of our template (docs/hooks.md):
 * `title`, `message`, `severity` (info, notice, warning, error, unknown), `timestamp` in seconds, and `fields`, of which
 * `type`, `hostname` and `job-id` are the usual ones. It becomes a notice: Proxmox tells what happened, never an end.
 */
export function fromProxmox(payload: unknown, nowMs: number): Converted {
  if (!isFields(payload))
    return rejectedWhole('an object is expected: paste the template of docs/hooks.md into the target')
  const { message } = payload
  for (const name of ['title', 'message', 'severity'] as const) {
    if (payload[name] !== undefined && typeof payload[name] !== 'string')
      return rejectedWhole(`${name}: a text is expected`)
  }
  const text = typeof message === 'string' ? message.trim() : ''
  const title = titleOf(payload.title, text)
  if (title === '') return rejectedWhole('title: it is missing, and so is message: paste the template of docs/hooks.md')
  const fields = fieldLabels(payload.fields)
  if (fields === undefined) return rejectedWhole('fields: an object is expected, by {{ json fields }}')
  const startsMs = timeOf(payload.timestamp, nowMs)
  if (startsMs === undefined) return rejectedWhole('timestamp: seconds since 1970 are expected')
  return { incoming: [noticeOf(payload, title, text, fields, startsMs)], rejected: 0, reasons: [] }
}

function noticeOf(
  payload: Fields,
  title: string,
  message: string,
  fields: Readonly<Record<string, string>>,
  startsMs: number,
): AlertUpdate {
  const word = typeof payload.severity === 'string' ? payload.severity : 'unknown'
  const labels = {
    ...fields,
    alertname: nameOf(fields.type, word),
    severity: word,
    ...(fields.hostname === undefined ? {} : { host: fields.hostname }),
    // Two mails of one second differ in nothing else.
    title: shortened(title, MOST_TITLE_LENGTH),
  }
  const unknown = Object.fromEntries(Object.entries(payload).filter(([name]) => !KNOWN.has(name)))
  return {
    kind: 'alert',
    source: 'proxmox',
    status: 'notice',
    fingerprint: fingerprintOf(labels),
    ...bounded(labels, { summary: title, ...(message === '' ? {} : { description: message }) }),
    severity: severityOf(word),
    startsMs,
    ...(Object.keys(unknown).length === 0 ? {} : { extra: boundedExtra(unknown) }),
  }
}

function titleOf(title: unknown, message: string): string {
  const given = typeof title === 'string' ? title.trim() : ''
  return given === '' ? (message.split('\n')[0] ?? '').trim() : given
}

function nameOf(type: string | undefined, severity: string): string {
  if (type === undefined || type === '') return 'ProxmoxNotification'
  const failed = severity === 'error'
  const known = NAMES.get(type)
  if (known !== undefined) return known[failed ? 1 : 0]
  const words = type.split(/[^A-Za-z0-9]+/).map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
  return `Proxmox${words.join('')}${failed ? 'Failed' : ''}`
}

/** `job-id` becomes `job_id`: names of labels as every part of the way takes them. */
function fieldLabels(fields: unknown): Record<string, string> | undefined {
  if (fields === undefined || fields === null) return {}
  if (!isFields(fields)) return undefined
  const entries = Object.entries(fields).map(([name, value]) => {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
    return [name.replace(/^(?=\d)|[^A-Za-z0-9_]/g, '_'), text] as const
  })
  return Object.fromEntries(entries.filter(([name]) => name !== ''))
}

function timeOf(timestamp: unknown, nowMs: number): number | undefined {
  if (timestamp === undefined || timestamp === null || timestamp === '') return nowMs
  const seconds = typeof timestamp === 'string' && /^\d+(?:\.\d+)?$/.test(timestamp) ? Number(timestamp) : timestamp
  if (typeof seconds !== 'number' || !(seconds >= 1) || seconds > 1e11) return undefined
  return Math.round(seconds * 1000)
}
