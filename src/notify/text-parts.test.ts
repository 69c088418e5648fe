import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostileMessage, missingIn } from './testing/hostile-message.ts'
import { sampleAlert, sampleMessage } from './testing/sample-message.ts'
import { type TextLimits, textParts } from './text-parts.ts'

const characters: TextLimits = { titleMost: 100, textMost: 1000, size: (text) => text.length }
const bytes: TextLimits = {
  titleMost: 250,
  textMost: 4096,
  size: (text) => Buffer.byteLength(JSON.stringify(text)) - 2,
}

const many = (count: number, description = 'No probe has answered.') =>
  sampleMessage({
    title: `${count} alerts`,
    alerts: Array.from({ length: count }, (_, index) =>
      sampleAlert({ summary: `guest ${index} is down`, description }),
    ),
  })

describe('text parts', () => {
  it('are one where it fits, with what is known and who says it', () => {
    expect(textParts(sampleMessage({ late: 'delivered 3 h late' }), characters)).toMatchObject([
      {
        title: '🔥 CRITICAL pve3 is down',
        text: [
          'delivered 3 h late',
          '',
          'fired 2026-03-01 03:10',
          'No probe of pve3 has answered for 90 s.',
          '2026-03-01 03:10 A power cycle has begun.',
          'Runbook: https://example.org/runbook#host-down',
          '',
          '— watchdog',
        ].join('\n'),
        first: 0,
        next: 1,
      },
    ])
  })

  it('say the summary where the title says something else', () => {
    const [part] = textParts(sampleMessage({ title: 'trouble' }), characters)
    expect(part?.text).toContain('🔥 CRITICAL pve3 is down\nfired')
  })

  it('say who speaks where there is nothing to tell', () => {
    expect(textParts(sampleMessage({ alerts: [], title: 'a test' }), characters)).toEqual([
      { title: '🔥 CRITICAL a test', text: '— watchdog', first: 0, next: 0, alerts: [] },
    ])
  })

  it('shorten each alert before there are many messages', () => {
    const long = 'x'.repeat(5000)
    expect(textParts(many(1, long), characters)).toHaveLength(1)
    expect(textParts(many(5, long), characters).length).toBeLessThanOrEqual(3)
    const parts = textParts(many(50, long), characters)
    expect(parts.length).toBeLessThanOrEqual(13)
    expect(parts[1]?.title).toMatch(/^🔥 CRITICAL 50 alerts \(\d+–\d+ of 50\)$/)
    expect(
      missingIn(
        parts.map(({ text }) => text),
        many(50, long),
      ),
    ).toEqual([])
  })

  it('tell whole alerts rather than halves where they fit', () => {
    const parts = textParts(many(12, ''), characters)
    expect(parts.length).toBeGreaterThan(1)
    expect(parts.flatMap(({ text }) => text.match(/Runbook: \S+/g) ?? [])).toHaveLength(12)
  })

  it.each([
    ['characters', characters],
    ['bytes', bytes],
  ])('never break a limit, lose an alert or change the order, in %s', (_, limits) => {
    fc.assert(
      fc.property(hostileMessage, (message) => {
        const parts = textParts(message, limits)
        for (const { title, text } of parts) {
          expect(limits.size(title)).toBeLessThanOrEqual(limits.titleMost)
          expect(limits.size(text)).toBeLessThanOrEqual(limits.textMost)
          expect(text.trim()).not.toBe('')
          expect(title).not.toMatch(/[\r\n]/)
          expect(title.isWellFormed() && text.isWellFormed()).toBe(true)
        }
        expect(
          missingIn(
            parts.map(({ text }) => text),
            message,
          ),
        ).toEqual([])
        expect(parts.map(({ first }) => first)).toEqual([0, ...parts.slice(0, -1).map(({ next }) => next)])
        expect(parts.at(-1)?.next).toBe(message.alerts.length)
      }),
      { numRuns: 150, interruptAfterTimeLimit: 30_000 },
    )
  })

  it('go on where an earlier try ended', () => {
    fc.assert(
      fc.property(hostileMessage, (message) => {
        const [first, ...rest] = textParts(message, characters)
        if (first !== undefined && rest.length > 0) expect(textParts(message, characters, first.next)).toEqual(rest)
      }),
      { numRuns: 100, interruptAfterTimeLimit: 30_000 },
    )
  })
})
