import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDocument } from '../config/document.ts'
import { checkAlertmanager } from './check.ts'
import { FINDING_CODES } from './finding.ts'
import { everyRoute, periodMs, resolve } from './routes.ts'

const OPTIONS = { deadMan: 'Watchdog', relays: ['http://10.0.0.7:8000'] }
const nowhere = { position: () => undefined }

const check = (text: string) => {
  const { document } = readDocument(text, 'alertmanager.yml')
  if (document === undefined) throw new Error('no YAML')
  return checkAlertmanager(document, OPTIONS)
}

/** Keys that mean something, with values of any shape. */
const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(
      'x',
      'null',
      null,
      '1m',
      '0',
      'severity="critical"',
      'http://a/hooks/alertmanager',
      true,
      3,
      '',
      'a=~"("',
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...[
          'route',
          'routes',
          'receiver',
          'receivers',
          'name',
          'matchers',
          'match',
          'match_re',
          'continue',
          'url',
          'equal',
        ],
        ...[
          'webhook_configs',
          'email_configs',
          'http_config',
          'follow_redirects',
          'send_resolved',
          'max_alerts',
          'global',
        ],
        ...[
          'group_interval',
          'repeat_interval',
          'mute_time_intervals',
          'inhibit_rules',
          'target_matchers',
          'source_match',
        ],
      ),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
})).value

describe('whatever is in the file', () => {
  it('is read without a throw, and every finding is whole', () => {
    fc.assert(
      fc.property(anything, (data) => {
        const { findings } = checkAlertmanager({ data, ...nowhere }, OPTIONS)
        for (const { code, sentence, why, remedy } of findings) {
          expect(FINDING_CODES).toContain(code)
          for (const words of [sentence, why, remedy]) expect(words).toMatch(/\w[\s\S]*\.$/)
          expect(`${sentence}${why}${remedy}`).not.toContain('undefined')
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('has its findings at their places, in their order', () => {
    const { findings } = check(
      'route:\n  receiver: a\n  routes:\n    - receiver: b\n      matchers: [x]\nreceivers:\n  - name: a\n  - name: a\n',
    )
    expect(findings.map(({ code, line, column }) => [code, line, column])).toEqual([
      ['watchdog-nowhere', 2, 13],
      ['critical-nowhere', 2, 13],
      ['receiver-undefined', 4, 17],
      ['matcher-invalid', 5, 18],
      ['no-relay', 6, 1],
      ['receiver-empty', 7, 11],
      ['receiver-twice', 8, 11],
    ])
  })
})

describe('the tree', () => {
  it('gives every alert at least one route, and each a period above its repetition', () => {
    fc.assert(
      fc.property(anything, fc.dictionary(fc.string(), fc.string()), (data, labels) => {
        const { model } = checkAlertmanager({ data: { route: data }, ...nowhere }, OPTIONS)
        if (model.route.matchers.length === 0) expect(resolve(model.route, labels).length).toBeGreaterThan(0)
        for (const route of everyRoute(model.route)) expect(periodMs(route)).toBeGreaterThan(route.repeatIntervalMs)
      }),
    )
  })

  it('takes anchors and merges as they are meant', () => {
    const { model } = check(
      'x: &base { receiver: a, repeat_interval: 1h }\nroute:\n  <<: *base\n  routes:\n    - <<: *base\n      receiver: b\n      matchers: [a="b"]\nreceivers: [{ name: a }, { name: b }]\n',
    )
    expect(
      resolve(model.route, { a: 'b' }).map(({ receiver, repeatIntervalMs }) => [receiver, repeatIntervalMs]),
    ).toEqual([['b', 3_600_000]])
  })
})
