import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseMail } from '../../../test/peers/mail.ts'
import type { Message } from '../../ports/notifier.ts'
import { sampleAlert, sampleMessage } from '../testing/sample-message.ts'
import { compose } from './compose.ts'
import { idsOf } from './thread.ts'

const ADDRESSES = { from: 'watchdog@example.org', to: ['anna@example.org', 'ben@example.net'] }

async function mailOf(message: Message, plain = false) {
  return parseMail((await compose(message, ADDRESSES, plain)).toString('utf8'))
}

describe('the mail of a message', () => {
  it('says who, what and how loud in its headers', async () => {
    const mail = await mailOf(sampleMessage({ title: 'pve3 is down – größer' }))
    expect(mail.header('from')).toBe('watchdog <watchdog@example.org>')
    expect(mail.header('to')).toBe('anna@example.org, ben@example.net')
    expect(mail.header('subject')).toBe('🔥 CRITICAL pve3 is down – größer')
    expect(mail.header('date')).toBe('Sun, 01 Mar 2026 02:11:00 +0000')
    expect(mail.header('auto-submitted')).toBe('auto-generated')
    expect(mail.header('x-watchdog-status')).toBe('firing')
    expect(mail.header('x-watchdog-severity')).toBe('critical')
    expect(mail.header('mime-version')).toBe('1.0')
  })

  it('is urgent only while something critical fires', async () => {
    for (const [own, urgent] of [
      [{ severity: 'critical' }, true],
      [{ severity: 'emergency' }, true],
      [{ severity: 'warning' }, false],
      [{ severity: 'critical', status: 'resolved' }, false],
      [{ severity: 'critical', kind: 'test' }, false],
    ] as const) {
      const names = (await mailOf(sampleMessage(own))).headers.map(([name]) => name)
      expect(['x-priority', 'importance'].every((name) => names.includes(name))).toBe(urgent)
    }
  })

  it('has the same Message-ID at each try, and refers to its thread', async () => {
    const [first, again] = [await mailOf(sampleMessage()), await mailOf(sampleMessage(), true)]
    expect(first.header('message-id')).toBe('<n42-mail@example.org>')
    expect(again.header('message-id')).toBe('<n42-mail@example.org>')
    const resolved = await mailOf(sampleMessage({ key: 'n43-mail', status: 'resolved' }))
    expect(resolved.header('message-id')).toBe('<n43-mail@example.org>')
    for (const mail of [first, resolved]) {
      expect(mail.header('references')).toBe('<thread-incident-7@example.org>')
      expect(mail.header('in-reply-to')).toBe('<thread-incident-7@example.org>')
    }
  })

  it('makes an id of any key', () => {
    const { messageId, threadId } = idsOf({ key: 'a b>\r\nX: y', thread: 'ü'.repeat(400) }, 'me@example.org')
    for (const id of [messageId, threadId]) expect(id).toMatch(/^<[\w-]{32,39}@example\.org>$/)
    expect(idsOf({ key: 'a>b', thread: 't' }, 'me@e.org')).not.toEqual(idsOf({ key: 'a<b', thread: 't' }, 'me@e.org'))
  })
})

describe('its two parts', () => {
  it('say the same, as text and as HTML', async () => {
    const late = 'delivered 3 h late: the channel did not answer'
    const mail = await mailOf(sampleMessage({ late }))
    expect(mail.parts.map(({ type }) => type)).toEqual(['text/plain', 'text/html'])
    for (const { text } of mail.parts) {
      for (const words of [
        late,
        '🔥 CRITICAL',
        'fired 2026-03-01 03:10',
        'No probe of pve3',
        'A power cycle has begun.',
        'https://example.org/runbook#host-down',
      ]) {
        expect(text).toContain(words)
      }
    }
    expect(mail.parts[1]?.text).toContain('<a href="https://example.org/runbook#host-down">')
  })

  it('leave colours to the reader, but for the bar of the severity', async () => {
    const alerts = [sampleAlert(), sampleAlert({ status: 'resolved', endsMs: Date.UTC(2026, 2, 1, 2, 25) })]
    const html = (await mailOf(sampleMessage({ alerts }))).parts[1]?.text ?? ''
    expect(html).toContain('border-left:4px solid #dc2626')
    expect(html).toContain('border-left:4px solid #16a34a')
    expect(html.replace(/border-left:[^"]*/g, '')).not.toMatch(/(?:[^-]|background-)color:|#[0-9a-f]{6}"|bgcolor/)
    expect(html).not.toMatch(/<(?:img|link|script|style)|url\(|src=/)
  })

  it('are only the first in the plain form, which is cut where it is very long', async () => {
    const alerts = Array.from({ length: 2_000 }, (_, at) => sampleAlert({ incident: at, description: 'ß'.repeat(100) }))
    const plain = await mailOf(sampleMessage({ alerts }), true)
    expect(plain.parts.map(({ type }) => type)).toEqual(['text/plain'])
    expect(Buffer.byteLength(plain.parts[0]?.text ?? '')).toBeLessThanOrEqual(66_000)
    const whole = await mailOf(sampleMessage({ alerts }))
    expect(whole.parts[0]?.text.match(/No probe|ßßß/g)?.length).toBeGreaterThanOrEqual(2_000)
  })

  it('make a link of nothing but a web page', async () => {
    const alerts = [sampleAlert({ runbookUrl: 'javascript:alert(1)', link: 'https://h/?a="><script>' })]
    const html = (await mailOf(sampleMessage({ alerts }))).parts[1]?.text ?? ''
    expect(html).not.toContain('href="javascript')
    expect(html).not.toContain('<script')
  })
})

describe('what comes from outside', () => {
  const EVIL = 'x\r\nBcc: victim@example.com\r\n\r\n<img src=x onerror=alert(1)>\u2028"\'&\u0000\ud800'

  it('adds no header, no part and no markup', async () => {
    const alert = sampleAlert({
      summary: EVIL,
      description: EVIL,
      labels: { alertname: EVIL },
      runbookUrl: EVIL,
      link: EVIL,
    })
    const message = sampleMessage({ title: EVIL, sender: EVIL, late: EVIL, key: EVIL, thread: EVIL, alerts: [alert] })
    const [mail, calm] = [await mailOf(message), await mailOf(sampleMessage())]
    expect(mail.headers.map(([name]) => name)).toEqual(calm.headers.map(([name]) => name))
    expect(mail.header('subject')).toContain('Bcc: victim@example.com')
    expect(mail.parts.map(({ type }) => type)).toEqual(['text/plain', 'text/html'])
    expect(mail.parts[1]?.text).not.toContain('<img')
    expect(mail.parts[1]?.text).toContain('&lt;img')
  })

  it('whatever it is', async () => {
    const names = (await mailOf(sampleMessage())).headers.map(([name]) => name)
    const text = fc.string({ unit: 'binary', maxLength: 300 })
    await fc.assert(
      fc.asyncProperty(text, text, text, async (title, summary, value) => {
        const alerts = [sampleAlert({ summary, labels: { [title]: value } })]
        const mail = await mailOf(sampleMessage({ title, sender: value, alerts }))
        expect(mail.headers.map(([name]) => name)).toEqual(names)
        expect(mail.parts).toHaveLength(2)
        expect(mail.parts[1]?.text).not.toMatch(/<(?!\/?(?:!doctype|html|head|meta|title|body|h1|p|em|div|a|br)\b)/i)
      }),
      { numRuns: 100 },
    )
  })
})
