import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseHtml } from '../../lab/servers/channels/telegram-html.ts'
import { MARKUP } from '../testing/markup.ts'
import { numberedMessage, tokenOf, tokensIn } from '../testing/numbered-message.ts'
import { sampleAlert, sampleMessage } from '../testing/sample-message.ts'
import { oneLine } from '../wording.ts'
import { type Post, partsFrom } from './layout.ts'

function shownBy({ text, parse_mode }: Post): string {
  if (parse_mode === undefined) return text
  const parsed = parseHtml(text)
  if (!parsed.ok) throw new Error(parsed.description)
  return parsed.text
}

describe('the posts of a message', () => {
  it('keep the limit, tell of every alert in order, and are the same wherever they begin', () => {
    fc.assert(
      fc.property(numberedMessage, fc.boolean(), (message, plain) => {
        const parts = [...partsFrom(0, message, plain)]
        let from = 0
        for (const [index, { alerts, body }] of parts.entries()) {
          const shown = shownBy(body)
          expect(shown.length).toBeGreaterThan(0)
          expect(shown.length).toBeLessThanOrEqual(4096)
          expect(tokensIn(shown)).toEqual(Array.from({ length: alerts }, (_, nth) => tokenOf(from + nth)))
          if (index > 0) expect([...partsFrom(from, message, plain)]).toEqual(parts.slice(index))
          from += alerts
        }
        expect(from).toBe(message.alerts.length)
      }),
      { numRuns: 60, endOnFailure: true },
    )
  })

  it('are counted after the markup was read, so that escapes cost nothing', () => {
    const message = sampleMessage({ alerts: [sampleAlert({ description: '&'.repeat(5000) })] })
    const [post] = partsFrom(0, message, false)
    expect(shownBy(post!.body).length).toBeGreaterThan(4000)
    expect(post!.body.text.length).toBeGreaterThan(15_000)
  })

  it('are few, also where alerts are many and long', () => {
    const alert = sampleAlert({ description: '<&>'.repeat(10_000) })
    const posts = (count: number) => {
      return [...partsFrom(0, sampleMessage({ alerts: Array.from({ length: count }, () => alert) }), false)].length
    }
    expect([1, 5, 10, 100, 1000].map(posts)).toEqual([1, 5, 5, 13, 125])
  })

  it.each(MARKUP)('show %j as text', (text) => {
    const alert = sampleAlert({ summary: `x ${text}`, description: text })
    const message = sampleMessage({ title: text, late: text, alerts: [alert] })
    for (const plain of [false, true]) {
      for (const { body } of partsFrom(0, message, plain)) {
        const shown = shownBy(body)
        expect(shown.replaceAll('\u2060', '')).toContain(oneLine(text))
        expect(shown).not.toMatch(/(?<!\w)@[A-Za-z]/)
        if (!plain) {
          expect(parseHtml(body.text)).toMatchObject({ links: ['https://example.org/runbook#host-down'] })
          expect(body.text.replace(/<\/?b>|<a href="[^"<>]*">|<\/a>/g, '')).not.toMatch(/[<>]/)
        }
      }
    }
  })

  it('show a link that was given as a link, and nothing else in it', () => {
    const runbookUrl = 'https://example.org/?a=1&b="><b>x</b>'
    const [post] = partsFrom(0, sampleMessage({ alerts: [sampleAlert({ runbookUrl })] }), false)
    expect(parseHtml(post!.body.text)).toMatchObject({ links: ['https://example.org/?a=1&b=%22%3E%3Cb%3Ex%3C/b%3E'] })
    const [plain] = partsFrom(0, sampleMessage({ alerts: [sampleAlert({ runbookUrl })] }), true)
    expect(plain!.body.text.split('\n').at(-1)).toBe('Runbook: https://example.org/?a=1&b=%22%3E%3Cb%3Ex%3C/b%3E')
  })
})
