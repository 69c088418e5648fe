import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formError } from '../../lab/servers/channels/discord-form.ts'
import { MARKUP } from '../testing/markup.ts'
import { numberedMessage, tokenOf, tokensIn } from '../testing/numbered-message.ts'
import { sampleAlert, sampleMessage } from '../testing/sample-message.ts'
import { oneLine } from '../wording.ts'
import { embedOf, sizeOf } from './embed.ts'
import { partsFrom } from './layout.ts'

const MENTION = ['everyone', ...Array.from({ length: 9 }, (_, nth) => `role:12345678901234567${nth}`)]

/** Markup that Discord would read as such: what stands unescaped. Ours is bold in a head, and links. */
function markupIn(text: string): string {
  return text.replace(/\\[^A-Za-z0-9\s]/g, '').replace(/[^*_~|`[\]<>@\\]|(?<!:)\/\/|:(?!\/\/)/gs, '')
}

function shownAs(text: string): string {
  return text.replace(/\\([^A-Za-z0-9\s])/g, '$1')
}

describe('the posts of a message', () => {
  it('keep every limit of the service, tell of every alert in order, and are the same wherever they begin', () => {
    fc.assert(
      fc.property(numberedMessage, fc.boolean(), (message, plain) => {
        const parts = [...partsFrom(0, { message, plain, mention: MENTION })]
        expect(parts.length).toBeGreaterThan(0)
        let from = 0
        for (const [index, { alerts, body }] of parts.entries()) {
          expect(formError({ ...body, embeds: [...body.embeds] })).toBeUndefined()
          expect(body.content.trim() !== '' || body.embeds.length > 0).toBe(true)
          if (index > 0) expect([...partsFrom(from, { message, plain, mention: MENTION })]).toEqual(parts.slice(index))
          expect(tokensIn(body)).toEqual(Array.from({ length: alerts }, (_, nth) => tokenOf(from + nth)))
          from += alerts
        }
        expect(from).toBe(message.alerts.length)
      }),
      { numRuns: 60, endOnFailure: true },
    )
  })

  it.each([580, 1500, 5900])('never let labels or links take the place of words, in %i', (most) => {
    const labels = Object.fromEntries(Array.from({ length: 40 }, (_, nth) => [`label${nth}`, '*'.repeat(2000)]))
    const runbookUrl = `https://example.org/${'x'.repeat(350)}`
    const alert = sampleAlert({ labels, runbookUrl, link: runbookUrl, description: 'd'.repeat(9000) })
    const embed = embedOf(alert, sampleMessage(), most)
    expect(sizeOf(embed)).toBeLessThanOrEqual(most)
    expect(sizeOf(embed)).toBeGreaterThan(most * 0.6)
    expect(embed.description.length).toBeGreaterThan(most / 5)
    expect(embed.fields.length).toBeGreaterThan(0)
  })

  it('are few, also where alerts are many and long', () => {
    const alert = sampleAlert({ description: '*'.repeat(10_000), labels: { host: 'x'.repeat(2000) } })
    const posts = (count: number, plain: boolean) => {
      const message = sampleMessage({ alerts: Array.from({ length: count }, () => alert) })
      return [...partsFrom(0, { message, plain, mention: [] })].length
    }
    expect([1, 5, 10, 100, 1000].map((count) => posts(count, false))).toEqual([1, 5, 5, 10, 100])
    expect(posts(100, true)).toBeLessThanOrEqual(25)
  })

  it.each(MARKUP)('show %j as text', (text) => {
    const alert = sampleAlert({ summary: `x ${text}`, description: text, labels: { [text]: text }, runbookUrl: text })
    const message = sampleMessage({ title: text, late: text, alerts: [alert] })
    for (const plain of [false, true]) {
      const [post] = partsFrom(0, { message, plain, mention: [] })
      const { content = '', embeds = [] } = post?.body ?? {}
      const [head = '', ...lines] = content.split('\n')
      expect(markupIn(head)).toBe('****')
      const said = [
        ...lines,
        ...embeds.flatMap(({ title, description, fields }) => [
          title,
          ...description.split('\n'),
          ...fields.flatMap(({ name, value }) => [name, value]),
        ]),
      ]
      for (const line of said) {
        expect(markupIn(line)).toBe('')
        expect(line).not.toMatch(/^(?:-?#|[-+*] |>)/)
        expect(line).not.toMatch(/https?:\/\//)
      }
      const all = said.map(shownAs).join('\n')
      expect(all).toContain(oneLine(text))
    }
  })

  it('show a link that was given as a link, and nothing else in it', () => {
    const runbookUrl = 'https://example.org/a_b) [evil](https://evil.example/*'
    const message = sampleMessage({ alerts: [sampleAlert({ runbookUrl, link: 'https://example.org/g' })] })
    const [post] = partsFrom(0, { message, plain: false, mention: [] })
    expect(post?.body.embeds[0]?.description.split('\n').at(-1)).toBe(
      '[Runbook](https://example.org/a_b%29%20[evil]%28https://evil.example/%2A) · [Source](https://example.org/g)',
    )
  })
})
