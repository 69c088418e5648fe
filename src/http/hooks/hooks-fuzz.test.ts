import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FakeAlerting, fakeGate, HOOK_TOKEN } from '../../../test/faces/fake-alerting.ts'
import { FakeDaemon } from '../../../test/faces/fake-daemon.ts'
import { type Serving, serving } from '../../../test/faces/serving.ts'
import type { AlertUpdate } from '../../core/alerts/types.ts'
import { fromAlertmanager } from './alertmanager.ts'
import { fromGeneric } from './generic.ts'
import { fromProxmox } from './proxmox.ts'

const NOW = Date.UTC(2025, 2, 1, 12)
const READERS = { alertmanager: fromAlertmanager, proxmox: fromProxmox, generic: fromGeneric }

/** Words that the readers look for, so that what is generated gets past their first question. */
const word = fc.constantFrom(
  ...[
    'alerts',
    'status',
    'labels',
    'annotations',
    'startsAt',
    'endsAt',
    'fingerprint',
    'generatorURL',
    'truncatedAlerts',
  ],
  ...[
    'title',
    'message',
    'severity',
    'timestamp',
    'fields',
    'alertname',
    '__proto__',
    'constructor',
    'toString',
    'drill_id',
  ],
)
const leaf = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(
    'firing',
    'resolved',
    'notice',
    '2025-03-01T12:00:00Z',
    '0001-01-01T00:00:00Z',
    'critical',
    'http://a/b',
  ),
)
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    leaf,
    fc.array(tie('json'), { maxLength: 6 }),
    fc.dictionary(fc.oneof(word, fc.string()), tie('json'), { maxKeys: 8 }),
  ),
}))
const anything = json.map((value) => JSON.stringify(value))
const texts = fc.dictionary(fc.oneof(fc.string(), word), fc.string(), { maxKeys: 5 })

/** What the rest of the way relies on. */
function expectSound(update: AlertUpdate): void {
  expect(update.kind).toBe('alert')
  expect(update.fingerprint).toMatch(/^[0-9a-f]{16}$/)
  expect(update.labels.alertname).toMatch(/./su)
  expect(['info', 'warning', 'critical', 'emergency']).toContain(update.severity)
  expect(['firing', 'resolved', 'notice']).toContain(update.status)
  expect(Number.isSafeInteger(update.startsMs) && update.startsMs > 0).toBe(true)
  expect(update.status === 'resolved').toBe(update.endsMs !== undefined)
  if (update.endsMs !== undefined) expect(Number.isSafeInteger(update.endsMs)).toBe(true)
  for (const value of [...Object.values(update.labels), ...Object.values(update.annotations)]) {
    expect(typeof value).toBe('string')
    expect(value.length).toBeLessThanOrEqual(8192)
  }
  expect(JSON.stringify(update).length).toBeLessThan(2_000_000)
}

describe('any JSON', () => {
  it.each(Object.entries(READERS))('is read as %s without a throw, into what is sound', (_, read) => {
    fc.assert(
      fc.property(anything, (text) => {
        const { incoming, rejected, reasons } = read(JSON.parse(text), NOW)
        expect(incoming.length + rejected).toBeGreaterThan(0)
        if (incoming.length === 0) expect(reasons.length).toBeGreaterThan(0)
        for (const update of incoming) expectSound(update as AlertUpdate)
      }),
      { numRuns: 2000 },
    )
  })

  it('keeps no valid alert from its way, wherever it stands', () => {
    const valid = fc.record({
      status: fc.constantFrom('firing', 'resolved'),
      labels: texts.filter((labels) => Object.keys(labels).length > 0),
      annotations: texts,
      startsAt: fc.constantFrom('2025-03-01T11:55:00.1Z', '0001-01-01T00:00:00Z', '2025-03-01T12:00:00+02:00'),
      further: json,
    })
    fc.assert(
      fc.property(fc.array(json, { maxLength: 4 }), valid, fc.array(json, { maxLength: 4 }), (before, alert, after) => {
        const text = JSON.stringify({ alerts: [...before, alert, ...after] })
        const { incoming } = fromAlertmanager(JSON.parse(text), NOW)
        const alone = fromAlertmanager(JSON.parse(JSON.stringify({ alerts: [alert] })), NOW).incoming
        expect(alone).toHaveLength(1)
        expect(incoming).toContainEqual(alone[0])
      }),
      { numRuns: 1000 },
    )
  })
})

describe('any body on a real socket', () => {
  let served: Serving
  const alerting = new FakeAlerting()
  beforeAll(async () => {
    const daemon = new FakeDaemon()
    daemon.alerting = alerting
    served = await serving(daemon, () => fakeGate())
  })
  afterAll(() => served.close())

  it.each(['/hooks/alertmanager', '/hooks/proxmox', '/hooks/generic', '/heartbeats/home'])(
    'to %s is taken or refused with a reason, and never a mistake of ours',
    async (path) => {
      const body = fc.oneof(
        anything.map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
        fc.tuple(anything, fc.nat(400)).map(([text, end]) => Buffer.from(text.slice(0, end))),
      )
      await fc.assert(
        fc.asyncProperty(body, async (bytes) => {
          const headers = { authorization: `Bearer ${HOOK_TOKEN}` }
          const answer = await fetch(`${served.url}${path}`, { method: 'POST', body: bytes, headers })
          const text = await answer.text()
          expect([200, 400], text).toContain(answer.status)
          if (answer.status === 400) expect(JSON.parse(text).error.sentence.length).toBeGreaterThan(10)
        }),
        { numRuns: 300 },
      )
      expect(served.faults).toEqual([])
    },
  )
})
