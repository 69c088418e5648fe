import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refusalOf } from '../../lab/servers/channels/slack-form.ts'
import { MARKUP } from '../testing/markup.ts'
import { numberedMessage } from '../testing/numbered-message.ts'
import { sampleAlert, sampleMessage } from '../testing/sample-message.ts'
import { oneLine } from '../wording.ts'
import { partsFrom } from './layout.ts'

const MENTION = Array.from({ length: 10 }, (_, nth) => `group:S12345678901234567${nth}`)

describe('the posts of a message', () => {
  it('keep every limit, and are the same wherever they begin', () => {
    fc.assert(
      fc.property(numberedMessage, fc.boolean(), (message, plain) => {
        const parts = [...partsFrom(0, { message, plain, mention: MENTION })]
        let from = 0
        for (const [index, { alerts, body }] of parts.entries()) {
          expect(refusalOf(body)).toBeUndefined()
          if (body.blocks === undefined) expect(body.text.length).toBeLessThanOrEqual(4000)
          if (index > 0) expect([...partsFrom(from, { message, plain, mention: MENTION })]).toEqual(parts.slice(index))
          from += alerts
        }
        expect(from).toBe(message.alerts.length)
      }),
      { numRuns: 60, endOnFailure: true },
    )
  })

  it('are few, also where alerts are many and long', () => {
    const runbookUrl = `https://example.org/?${'a&'.repeat(150)}`
    const alert = sampleAlert({ description: '<&>'.repeat(10_000), runbookUrl, link: runbookUrl })
    for (const [count, most] of [
      [1, 1],
      [10, 6],
      [100, 30],
      [300, 90],
    ] as const) {
      const message = sampleMessage({ alerts: Array.from({ length: count }, () => alert) })
      const parts = [...partsFrom(0, { message, plain: false, mention: [] })]
      for (const { body } of parts) expect(refusalOf(body)).toBeUndefined()
      expect(parts.length).toBeLessThanOrEqual(most)
    }
  })

  it('have no more blocks than a message may have, also where alerts are short', () => {
    const alerts = Array.from({ length: 100 }, () => sampleAlert({ description: '', timeline: [] }))
    const message = sampleMessage({ alerts, late: 'late' })
    for (const { body } of partsFrom(0, { message, plain: false, mention: MENTION })) {
      expect(refusalOf(body)).toBeUndefined()
      expect(body.blocks?.length).toBeGreaterThan(25)
    }
  })

  it.each(MARKUP)('show %j as text', (text) => {
    const message = sampleMessage({
      title: text,
      late: text,
      alerts: [sampleAlert({ summary: `x ${text}`, description: text })],
    })
    for (const plain of [false, true]) {
      for (const { body } of partsFrom(0, { message, plain, mention: [] })) {
        expect(body.mrkdwn).toBe(false)
        const said = [body.text]
        for (const block of body.blocks ?? []) {
          // The only markup is ours: the row of links.
          if (block.type === 'header' || block.type === 'section') {
            expect(block.text.type).toBe('plain_text')
            said.push(block.text.text)
          }
        }
        expect(said.join('')).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/)
        const shown = said.join('\n').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
        expect(shown).toContain(oneLine(text))
      }
    }
  })
})
