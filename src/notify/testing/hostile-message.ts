import fc from 'fast-check'
import type { Message, MessageAlert } from '../../ports/notifier.ts'
import { isAllInTitle, mark, oneLine } from '../wording.ts'

const NASTY = [
  '<b>bold</b><script>alert(1)</script>',
  '*bold* _it_ [link](javascript:alert(1)) `code` ```',
  '@everyone <!channel> <@123>',
  'X\r\nBcc: victim@example.org\r\n\r\nbody',
  '=?UTF-8?B?aGlkZGVu?=',
  '"quotes" \\ and \\n \u0000 \u0007 \u001b[31m',
  '\u202egnp.exe \u2066x\u2069 \u2028 \u2029 \u200b',
  '🔥👨‍👩‍👧‍👦🇩🇪 ü ß 漢字 \ud800 \udc00',
  '$(reboot) `reboot` ; rm -rf / %s %00',
  '&amp;&lt;',
]

/** Anything that a label may hold, up to a few thousand characters. */
const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(...NASTY),
  fc
    .tuple(fc.constantFrom(...NASTY, '"', '\\', '漢', '🔥', 'x '), fc.integer({ min: 1, max: 1500 }))
    .map(([word, times]) => {
      return word.repeat(Math.min(times, Math.ceil(3000 / word.length)))
    }),
)

const address = fc.oneof(
  fc.constantFrom(
    'https://example.org/runbook#a',
    'javascript:alert(1)',
    'intent://x',
    'not a link',
    'http://[::1]/"\\',
  ),
  fc.webUrl({ size: 'large', withQueryParameters: true }),
  text,
)

/** Times come from other machines, and are what those think. */
const moment = fc.oneof(fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }), fc.constantFrom(0, -1, 9e15))
const severity = fc.constantFrom('info', 'warning', 'critical', 'emergency')
const status = fc.constantFrom('firing', 'resolved', 'notice')

const alert: fc.Arbitrary<MessageAlert> = fc.record(
  {
    incident: fc.nat(),
    fingerprint: fc.constant('a1b2c3d4e5f60718'),
    event: fc.constantFrom('firing', 'escalated', 'reminder', 'resolved', 'notice'),
    status,
    severity,
    summary: text,
    description: text,
    labels: fc.dictionary(fc.string({ minLength: 1, maxLength: 10 }), text, { maxKeys: 4 }),
    annotations: fc.dictionary(fc.string({ minLength: 1, maxLength: 10 }), text, { maxKeys: 2 }),
    startsMs: moment,
    endsMs: moment,
    runbookUrl: address,
    link: address,
    acknowledgedBy: text,
    timeline: fc.array(fc.record({ atMs: moment, sentence: text }), { maxLength: 4 }),
    folded: fc.nat({ max: 500 }),
  },
  {
    requiredKeys: [
      'incident',
      'fingerprint',
      'event',
      'status',
      'severity',
      'summary',
      'description',
      'labels',
      'annotations',
      'startsMs',
      'timeline',
      'folded',
    ],
  },
)

/** A message as bad as it gets: many alerts, each with whatever somebody put into its labels. */
export const hostileMessage: fc.Arbitrary<Message> = fc.record(
  {
    key: fc.stringMatching(/^[A-Za-z0-9-]{1,80}$/),
    thread: fc.stringMatching(/^[A-Za-z0-9-]{1,80}$/),
    kind: fc.constantFrom('alerts', 'digest', 'drill', 'test'),
    status,
    severity,
    title: text,
    alerts: fc.oneof(fc.array(alert, { maxLength: 3 }), fc.array(alert, { minLength: 20, maxLength: 60, size: 'max' })),
    late: text,
    createdMs: fc.constant(1_772_331_060_000),
    sender: text,
    timeZone: fc.constantFrom('Europe/Berlin', 'UTC', 'Nowhere/Land'),
  },
  { requiredKeys: ['key', 'thread', 'kind', 'status', 'severity', 'title', 'alerts', 'createdMs', 'sender'] },
)

/** Those alerts whose summary does not begin in the texts, each after the one before it. Empty: all do. */
export function missingIn(texts: readonly string[], message: Message): readonly number[] {
  if (isAllInTitle(message)) return []
  const all = texts.join('\n')
  let from = 0
  return message.alerts.flatMap(({ status, severity, summary }, index) => {
    const words = oneLine(`${mark({ status, severity })} ${summary}`)
    const at = all.indexOf(
      words
        .slice(0, 35)
        .toWellFormed()
        .replace(/\ufffd$/, '')
        .trimEnd(),
      from,
    )
    if (at < 0) return [index]
    from = at + 1
    return []
  })
}
