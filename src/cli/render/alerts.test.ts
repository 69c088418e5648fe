import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { delivery, incident, LEGS, troubled } from '../../../test/faces/alert-situation.ts'
import { ago, HOUR, MINUTE, NOON } from '../../../test/faces/clock.ts'
import { alertOf, alertReportOf, silenceOf } from '../../http/views/alerts.ts'
import { deliveryOf } from '../../http/views/deliveries.ts'
import type { IncidentDetail } from '../../ports/alerting.ts'
import { painter } from '../text/paint.ts'
import { alertsTable } from './alerts.ts'
import { legsTable } from './alerts-legs.ts'
import { deadLettersTable, messagesTable } from './alerts-messages.ts'
import { renderAlert } from './alerts-report.ts'
import { silencesTable } from './alerts-silences.ts'

const zone = process.env.TZ
beforeAll(() => {
  process.env.TZ = 'UTC'
})
afterAll(() => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

const paint = painter(false)
const golden = (name: string) => new URL(`../../../test/golden/cli/${name}.txt`, import.meta.url).pathname
const alerting = troubled()
const report = (id: number, columns: number) =>
  renderAlert(alertReportOf(alerting.show(id) as IncidentDetail, NOON), { paint, columns })
const lines = (all: readonly string[]) => all.join('\n')

describe('what a person reads of alerts', () => {
  it.each([
    [
      'alerts-list',
      () =>
        lines(
          alertsTable(
            alerting.list({ limit: 9 }).map((each) => alertOf(each, NOON)),
            paint,
          ),
        ),
    ],
    ['alerts-show', () => report(11, 0)],
    ['alerts-show-folded', () => report(12, 80)],
    ['alerts-show-acknowledged', () => report(9, 0)],
    ['alerts-show-resolved', () => report(8, 0)],
    ['alerts-show-notice', () => report(7, 0)],
    [
      'alerts-silences',
      () =>
        lines(
          silencesTable(
            alerting.silences().map((each) => silenceOf(each, NOON)),
            paint,
          ),
        ),
    ],
    [
      'alerts-dead',
      () =>
        lines(
          deadLettersTable(
            alerting.deliveries({ states: ['dead'], limit: 9 }).map((each) => deliveryOf(each, NOON)),
            paint,
          ),
        ),
    ],
    [
      'alerts-drill',
      () =>
        lines(
          legsTable(
            LEGS.map((leg) => ({ ...leg })),
            paint,
          ),
        ),
    ],
  ])('%s', async (name, text) => {
    await expect(`${text()}\n`).toMatchFileSnapshot(golden(name))
  })

  it('tells of each message what became of it', () => {
    const view = (over: Parameters<typeof delivery>[1]) => deliveryOf(delivery(1, over), NOON)
    const table = messagesTable(
      [
        view({ digest: true, plain: true, deliveredMs: ago(MINUTE).wallMs }),
        view({ state: 'merged', deliveredMs: undefined }),
        view({ state: 'dead', deliveredMs: undefined, lastError: { code: 'rejected', sentence: 'it answered 400' } }),
      ],
      paint,
    )
    expect(table[1]).toContain('within 4m0s; in the digest; as plain text')
    expect(table[2]).toMatch(/merged +5m0s +1$/)
    expect(table[3]).toContain('rejected: it answered 400')
  })

  it('takes nothing from a label, an annotation or a channel as a command to the terminal', () => {
    const evil = '\u001b[2J\u0007x\r\ny\u202e\u2028z'
    const hostile = incident(1, {
      labels: { alertname: evil, [`na${evil}me`]: evil },
      annotations: { summary: evil, description: evil, [evil]: evil },
      link: `http://x/${evil}`,
      extra: { [evil]: evil },
      acknowledged: { by: evil, atMs: ago(HOUR).wallMs, comment: evil },
    })
    const sent = delivery(1, {
      channel: evil,
      receiver: evil,
      state: 'queued',
      lastError: { code: evil, sentence: evil },
    })
    const shown = {
      incident: hostile,
      timeline: [{ incident: 1, atMs: NOON.wallMs, kind: 'fired' as const, sentence: evil }],
      deliveries: [sent],
      folded: 0,
    }
    const silence = { id: 1, matchers: [evil], startsMs: 0, endsMs: NOON.wallMs, by: evil, comment: evil }
    const texts = [
      ...alertsTable([alertOf(hostile, NOON)], paint),
      ...renderAlert(alertReportOf(shown, NOON), { paint, columns: 60 }).split('\n'),
      ...deadLettersTable([deliveryOf(sent, NOON)], paint),
      ...silencesTable([silenceOf(silence, NOON)], paint),
      ...legsTable([{ channel: evil, ok: false, sentence: evil }], paint),
    ]
    for (const text of texts) expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    expect(texts.join('\n')).toContain('[2J x y z')
  })

  it('keeps a table readable, however long a text is', () => {
    const long = incident(1, { labels: { alertname: 'x'.repeat(9000) }, annotations: { summary: 'y😀'.repeat(5000) } })
    for (const line of alertsTable([alertOf(long, NOON)], paint)) expect([...line].length).toBeLessThan(250)
  })

  it('is coloured where that is wanted', () => {
    const [, line = ''] = alertsTable([alertOf(incident(1), NOON)], painter(true))
    expect(line).toContain('\u001b[31mcritical\u001b[0m')
  })
})
