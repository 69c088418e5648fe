import { spell } from '../../phrase.ts'
import type { AlertSeverity, Labels } from '../types.ts'
import { ALERT_SEVERITIES } from '../types.ts'

type Described = { readonly labels: Labels; readonly annotations: Labels }

/** Labels that tell best what an alert without a summary is about, in this order. */
const SUBJECTS = ['host', 'node', 'instance', 'device', 'guest', 'job']

/** One line that says what it is; its name and subject where the source gave no summary. */
export function summaryOf({ labels, annotations }: Described): string {
  const given = textOf(annotations, 'summary') || textOf(annotations, 'title')
  if (given !== '') return given
  const name = textOf(labels, 'alertname') || 'unnamed alert'
  const subject = SUBJECTS.map((label) => textOf(labels, label)).find((value) => value !== '')
  return subject === undefined ? name : `${name} (${subject})`
}

export function descriptionOf({ annotations }: Described): string {
  return textOf(annotations, 'description') || textOf(annotations, 'message')
}

/** 0 is the quietest. */
export function loudness(severity: AlertSeverity): number {
  return ALERT_SEVERITIES.indexOf(severity)
}

export function loudest(severities: readonly AlertSeverity[]): AlertSeverity {
  return severities.reduce((one, other) => (loudness(other) > loudness(one) ? other : one), 'info')
}

/** `It is over after 15 min.` */
export function overAfter(startsMs: number, endsMs: number): string {
  return endsMs > startsMs ? `It is over after ${spell(endsMs - startsMs)}.` : 'It is over.'
}

function textOf(texts: Labels, name: string): string {
  return Object.hasOwn(texts, name) ? (texts[name] ?? '').trim() : ''
}
