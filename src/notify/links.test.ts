import { describe, expect, it } from 'vitest'
import { linesWithoutLinks, links, webAddress } from './links.ts'
import { sampleAlert, sampleMessage } from './testing/sample-message.ts'

describe('an address', () => {
  it.each([
    ['https://example.org/a_b?x=1&y=2#z', 'https://example.org/a_b?x=1&y=2#z'],
    ['https://example.org/a) [evil](https://b|c>', 'https://example.org/a%29%20[evil]%28https://b%7Cc%3E'],
    ['https://exämple.org/"\'*`\\', 'https://xn--exmple-cua.org/%22%27%2A%60/'],
    ['http://[::1]:3000/', 'http://[::1]:3000/'],
    ['https://bank.example@evil.example/', undefined],
    ['javascript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['/relative', undefined],
    [`https://example.org/${'x'.repeat(500)}`, undefined],
    [undefined, undefined],
  ])('%s is the link %s', (text, address) => {
    expect(webAddress(text)).toBe(address)
  })

  it('that is no link stays text', () => {
    const alert = sampleAlert({ runbookUrl: 'see wiki', link: 'https://example.org/graph' })
    expect(links(alert)).toEqual([{ word: 'Source', address: 'https://example.org/graph' }])
    const lines = linesWithoutLinks(alert, sampleMessage())
    expect(lines).toContain('Runbook: see wiki')
    expect(lines.join()).not.toContain('graph')
  })
})
