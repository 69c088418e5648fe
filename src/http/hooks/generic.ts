import { genericAlert } from '../../api/hooks.ts'
import { fingerprintOf } from '../../core/alerts/fingerprint.ts'
import { parse } from '../answers.ts'
import { bounded } from './bounds.ts'
import { type Converted, rejectedWhole } from './converted.ts'
import { instantOf } from './instants.ts'
import { knownSeverity } from './severity.ts'

/** One alert in our own form. Strict: a script is written once, and a misspelt field would stay unseen for years. */
export function fromGeneric(payload: unknown, nowMs: number): Converted {
  const parsed = parse(genericAlert, payload)
  if (!parsed.ok) return rejectedWhole(parsed.sentence.replace(/\.$/, ''))
  const { status, title, severity: word, summary, description, runbookUrl, link, startsAt, endsAt } = parsed.value
  const severity = knownSeverity(word ?? 'warning')
  if (severity === undefined) return rejectedWhole('severity: info, warning, critical or emergency is expected')
  const given = parsed.value.labels ?? {}
  const labels = { ...given, alertname: given.alertname || (title ?? '') }
  const annotations = {
    ...parsed.value.annotations,
    summary: summary ?? title ?? parsed.value.annotations?.summary ?? labels.alertname,
    ...(description === undefined ? {} : { description }),
    ...(runbookUrl === undefined ? {} : { runbook_url: runbookUrl }),
  }
  const starts = instantOf(startsAt)
  const ends = instantOf(endsAt)
  const startsMs = typeof starts === 'number' ? starts : nowMs
  const update = {
    kind: 'alert' as const,
    source: 'generic' as const,
    status,
    fingerprint: fingerprintOf(labels),
    ...bounded(labels, annotations),
    severity,
    startsMs,
    ...(status === 'resolved' ? { endsMs: typeof ends === 'number' ? ends : Math.max(nowMs, startsMs) } : {}),
    ...(link === undefined ? {} : { link }),
  }
  return { incoming: [update], rejected: 0, reasons: [] }
}
