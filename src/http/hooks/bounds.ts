import type { Labels } from '../../core/alerts/types.ts'

type Bounds = { readonly most: number; readonly nameLength: number; readonly valueLength: number }

const OF_LABELS: Bounds = { most: 64, nameLength: 128, valueLength: 1024 }
const OF_ANNOTATIONS: Bounds = { most: 32, nameLength: 128, valueLength: 8192 }
const MOST_EXTRA_LENGTH = 16 * 1024

/** These stay whatever else has to go: everything that routes, folds or names an alert. */
const FIRST = [
  'alertname',
  'severity',
  'host',
  'instance',
  'cluster',
  'drill_id',
  'summary',
  'description',
  'runbook_url',
]

/** The annotation that says what was cut: nothing is left out in silence. */
export const CUT_NOTE = 'watchdog_cut'

/** Labels and annotations of an alert in a size that a database, a message and a screen can bear. */
export function bounded(
  labels: Labels,
  annotations: Labels,
): { readonly labels: Labels; readonly annotations: Labels } {
  const keptLabels = within(labels, OF_LABELS)
  const keptAnnotations = within(annotations, OF_ANNOTATIONS)
  const notes = [...noteOf(keptLabels, 'labels'), ...noteOf(keptAnnotations, 'annotations')]
  if (notes.length === 0) return { labels, annotations }
  return {
    labels: keptLabels.map,
    annotations: { ...keptAnnotations.map, [CUT_NOTE]: notes.join('; ') },
  }
}

/** Unknown fields of a payload, as long as they are of a size that is worth keeping. */
export function boundedExtra(extra: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const length = JSON.stringify(extra).length
  if (length <= MOST_EXTRA_LENGTH) return extra
  return { [CUT_NOTE]: `${Object.keys(extra).length} fields of ${length} characters were left out` }
}

/** At most `most` characters, the last of them an ellipsis where something was cut; never half a character. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text
  const end = /[\uD800-\uDBFF]$/.test(text.slice(0, most - 1)) ? most - 2 : most - 1
  return `${text.slice(0, end)}…`
}

type Within = { readonly map: Labels; readonly left: number; readonly cut: number }

function within(map: Labels, { most, nameLength, valueLength }: Bounds): Within {
  const names = Object.keys(map)
  const fits =
    names.length <= most &&
    names.every((name) => name.length <= nameLength && (map[name] as string).length <= valueLength)
  if (fits) return { map, left: 0, cut: 0 }
  const inOrder = [
    ...FIRST.filter((name) => Object.hasOwn(map, name)),
    ...names.filter((name) => !FIRST.includes(name)),
  ]
  let cut = 0
  const kept = inOrder.slice(0, most).map((name) => {
    const value = map[name] as string
    if (name.length > nameLength || value.length > valueLength) cut += 1
    return [shortened(name, nameLength), shortened(value, valueLength)] as const
  })
  return { map: Object.fromEntries(kept), left: names.length - kept.length, cut }
}

function noteOf({ left, cut }: Within, what: string): string[] {
  return [...(left === 0 ? [] : [`${what} left out: ${left}`]), ...(cut === 0 ? [] : [`${what} shortened: ${cut}`])]
}
