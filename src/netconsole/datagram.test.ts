import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { netconsoleClues } from '../core/reboots/clues.ts'
import { oneLine, readDatagram } from './datagram.ts'
import { Fragments } from './fragments.ts'

const extended = (text: string | Buffer) => {
  const datagram = readDatagram(Buffer.from(text))
  if (datagram.kind !== 'extended') throw new TypeError('not extended')
  return datagram
}
const textsOf = (...datagrams: (string | Buffer)[]) => {
  const fragments = new Fragments()
  return datagrams.flatMap((text) => fragments.take(extended(text), 0))
}

describe('a datagram of netconsole', () => {
  it('in the extended form reads as the kernel prints it', () => {
    expect(textsOf('2,471,28773688,-;softdog: Initiating system reboot\n')).toEqual([
      '[   28.773688] softdog: Initiating system reboot',
    ])
    expect(textsOf('6,339,5140900,-;NET: Registered PF_INET\n SUBSYSTEM=net\n DEVICE=+net:eth0\n')).toEqual([
      '[    5.140900] NET: Registered PF_INET',
    ])
    expect(textsOf('6.14.8-2-pve,2,471,28773688,-,caller=T1;Kernel panic - not syncing: x')).toEqual([
      '[   28.773688] Kernel panic - not syncing: x',
    ])
  })

  it('does not pass what a program wrote for the words of the kernel', () => {
    const [text = ''] = textsOf('12,471,28773688,-;Kernel panic - not syncing: x')
    expect(text).toBe('[   28.773688] (a program) Kernel panic - not syncing: x')
    expect(netconsoleClues([text])).toEqual([])
    expect(netconsoleClues(textsOf('2,471,28773688,-;Kernel panic - not syncing: x'))).toHaveLength(1)
  })

  it('in the plain form is as many lines as it holds', () => {
    const lines = (text: string) => {
      const datagram = readDatagram(Buffer.from(text))
      return datagram.kind === 'plain' ? datagram.lines : undefined
    }
    expect(lines('[   28.1] a\n[   28.2] b\n\n')).toEqual(['[   28.1] a', '[   28.2] b'])
    expect(lines('')).toEqual([])
    expect(lines('watchdog; 1,2,3')).toEqual(['watchdog; 1,2,3'])
  })

  it('is one line of clean text, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 2_000 }),
        fc.constantFrom('', '2,471,28773688,-;', '2,1,1,-,ncfrag=0/9;'),
        (bytes, begin) => {
          const datagram = readDatagram(Buffer.concat([Buffer.from(begin), bytes]))
          const fragments = new Fragments()
          const lines =
            datagram.kind === 'plain' ? datagram.lines : [...fragments.take(datagram, 0), ...fragments.give('all')]
          for (const line of lines) {
            expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
            expect(line.length).toBeLessThanOrEqual(1_024)
          }
        },
      ),
    )
    expect(oneLine('\u001b[2Jx\r\ny\u202e')).toBe(' [2Jx y')
  })
})

describe('a message that came in parts', () => {
  const part = (offset: number, total: number, body: string, sequence = 416) =>
    `6,${sequence},1758426,-,ncfrag=${offset}/${total};${body}`

  it('is put together, in whatever order and however often its parts come', () => {
    const body = 'the first chunk, the 2nd chunk, and ünïcode\n SUBSYSTEM=x'
    const bytes = Buffer.from(body)
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 6 })
    fc.assert(
      fc.property(cuts, fc.infiniteStream(fc.nat(99)), (at, order) => {
        const borders = [0, ...at.toSorted((a, b) => a - b), bytes.length]
        const parts = borders.slice(1).map((to, index) => {
          const from = borders[index] ?? 0
          const header = Buffer.from(`6,416,1758426,-,ncfrag=${from}/${bytes.length};`)
          return Buffer.concat([header, bytes.subarray(from, to)])
        })
        const shuffled = parts.map((each) => [order.next().value, each] as const).sort(([a], [b]) => a - b)
        const once = shuffled.map(([, each]) => each)
        expect(textsOf(...once.slice(0, -1), ...once.slice(0, -1), ...once.slice(-1))).toEqual([
          '[    1.758426] the first chunk, the 2nd chunk, and ünïcode',
        ])
      }),
    )
  })

  it('shows what is missing where a part was lost', () => {
    const fragments = new Fragments()
    expect(fragments.take(extended(part(5, 20, 'later')), 0)).toEqual([])
    expect(fragments.give(999)).toEqual([])
    expect(fragments.give(1_000)).toEqual(['[    1.758426]  [...] later [...]'])
    expect(fragments.waiting).toBe(0)
  })

  it('never waits with many others, and never takes more room than it says', () => {
    const fragments = new Fragments()
    const given = Array.from({ length: 50 }, (_, index) => fragments.take(extended(part(0, 900, 'a', index)), 0)).flat()
    expect(given).toHaveLength(42)
    expect(fragments.waiting).toBe(8)
    expect(fragments.take(extended(part(0, 999_999, 'huge')), 0)).toEqual(['[    1.758426] huge'])
    expect(fragments.take(extended(part(5, 3, 'beyond')), 0)).toEqual(['[    1.758426] beyond'])
    expect(fragments.take(extended(part(0, 800, 'another', 49)), 0)).toHaveLength(2)
  })
})
