import { createSocket, type Socket } from 'node:dgram'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HostLines } from './host-lines.ts'
import { Senders } from './senders.ts'
import type { NetconsoleLine } from './settings.ts'
import { type NetconsoleParts, type NetconsoleSink, openNetconsole } from './sink.ts'

let sender: Socket
let told: [string, NetconsoleLine][]
let sinks: NetconsoleSink[]
beforeEach(async () => {
  told = []
  sinks = []
  sender = createSocket('udp4')
  await new Promise<void>((resolve) => sender.bind(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await Promise.all(sinks.map((sink) => sink.close()))
  await new Promise<void>((resolve) => sender.close(() => resolve()))
})

const PVE1 = { name: 'pve1', address: '127.0.0.1' }

async function open(hosts = [PVE1], parts: Partial<NetconsoleParts> = {}): Promise<NetconsoleSink> {
  const opening = await openNetconsole(
    { listen: '127.0.0.1', port: 0, hosts },
    { wallMs: () => 1_700_000_000_000, onLine: (host, line) => told.push([host, line]), ...parts },
  )
  if (!opening.ok) throw new Error(opening.sentence)
  sinks.push(opening.sink)
  return opening.sink
}

const send = (sink: NetconsoleSink, text: string) =>
  new Promise<void>((resolve, reject) => {
    sender.send(text, sink.port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error)))
  })
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2))
}

describe('the sink', () => {
  it('keeps what a known host says, in both forms, and tells each line once', async () => {
    const sink = await open()
    await send(sink, '[ 5401.200000] Kernel panic - not syncing: Fatal exception\n')
    await send(sink, '2,471,28773688,-;softdog: Initiating system reboot\n')
    await until(() => told.length === 2)
    expect(told.map(([host, { text }]) => [host, text])).toEqual([
      ['pve1', '[ 5401.200000] Kernel panic - not syncing: Fatal exception'],
      ['pve1', '[   28.773688] softdog: Initiating system reboot'],
    ])
    expect(sink.lines('pve1', 1_700_000_000_000)).toHaveLength(2)
    expect(sink.lines('pve1', 1_700_000_000_001)).toEqual([])
    expect(sink.lines('pve2', 0)).toEqual([])
    expect(sink.stats()).toEqual({
      hosts: { pve1: { lines: 2, dropped: 0, lastAtMs: 1_700_000_000_000 } },
      unknown: 0,
      unknownSenders: [],
    })
  })

  it('puts parts together, and gives up one that was lost', async () => {
    const sink = await open()
    await send(sink, '6,416,1758426,-,ncfrag=0/31;the first chunk,')
    await send(sink, '6,417,1758427,-,ncfrag=0/31;another that never')
    await send(sink, '6,416,1758426,-,ncfrag=16/31; the 2nd chunk.')
    await until(() => told.length === 2)
    expect(told.map(([, { text }]) => text)).toEqual([
      '[    1.758426] the first chunk, the 2nd chunk.',
      '[    1.758427] another that never [...]',
    ])
  })

  it('takes nothing from anybody else, and counts it', async () => {
    const sink = await open([{ name: 'pve1', address: '192.0.2.1' }])
    for (let each = 0; each < 3; each += 1) await send(sink, '2,471,28773688,-;softdog: Initiating system reboot\n')
    await until(() => sink.stats().unknown === 3)
    expect(sink.stats()).toEqual({ hosts: {}, unknown: 3, unknownSenders: ['127.0.0.1'] })
    expect(told).toEqual([])
    await sink.use([PVE1])
    await send(sink, 'x')
    await until(() => told.length === 1)
  })

  it('knows hosts by name as well', async () => {
    const sink = await open([{ name: 'pve1', address: 'pve1.example' }], { lookup: async () => ['127.0.0.1'] })
    await sink.use([{ name: 'pve1', address: 'pve1.example' }])
    await send(sink, 'x')
    await until(() => told.length === 1)
  })

  it('says why it cannot listen, and leaves nothing', async () => {
    const first = await open()
    const again = await openNetconsole({ listen: '127.0.0.1', port: first.port, hosts: [] }, { wallMs: () => 0 })
    expect(again).toEqual({
      ok: false,
      code: 'EADDRINUSE',
      sentence: `netconsole cannot listen on 127.0.0.1, UDP port ${first.port}: something else listens there.`,
    })
    const { port } = first
    await first.close()
    await first.close()
    const next = await openNetconsole({ listen: '127.0.0.1', port, hosts: [] }, { wallMs: () => 0 })
    if (!next.ok) throw new Error(next.sentence)
    sinks.push(next.sink)
    expect(await openNetconsole({ listen: '192.0.2.77', port: 0, hosts: [] }, { wallMs: () => 0 })).toMatchObject({
      ok: false,
      code: 'EADDRNOTAVAIL',
    })
  })

  it('tells what was not whole when it is closed', async () => {
    const sink = await open()
    await send(sink, '6,416,1758426,-,ncfrag=0/31;the first chunk,')
    await send(sink, 'mark')
    await until(() => told.length === 1)
    await sink.close()
    expect(told[1]?.[1].text).toBe('[    1.758426] the first chunk, [...]')
  })
})

describe('the lines of one host', () => {
  it('are bounded in number and in size, and the newest stay', () => {
    const lines = new HostLines()
    for (let index = 0; index < 5_000; index += 1) lines.add({ atMs: index, text: `line ${index}` }, index * 10)
    expect(lines.since(0)).toHaveLength(1_000)
    expect(lines.since(0).at(-1)?.text).toBe('line 4999')
    for (let index = 0; index < 900; index += 1) lines.add({ atMs: 5_000 + index, text: 'x'.repeat(1_000) }, index * 10)
    const kept = lines.since(0)
    expect(kept.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(256 * 1024)
    expect(kept.length).toBeGreaterThan(200)
  })

  it('are bounded in rate', () => {
    const lines = new HostLines()
    const taken = Array.from({ length: 6_000 }, () => lines.add({ atMs: 0, text: 'x' }, 100)).filter(Boolean)
    expect(taken).toHaveLength(5_000)
    expect(lines.stats.dropped).toBe(1_000)
    expect(lines.add({ atMs: 0, text: 'x' }, 1_101)).toBe(true)
  })
})

describe('who speaks', () => {
  it('is found by address, also as a socket for both protocols tells it', async () => {
    const found: Record<string, string[]> = { 'pve2.example': ['192.0.2.2', '2001:db8::2'] }
    const senders = new Senders(
      [
        { name: 'pve1', address: '192.0.2.1' },
        { name: 'pve2', address: 'pve2.example' },
        { name: 'pve3', address: 'FE80::3' },
        { name: 'late', address: '192.0.2.1' },
      ],
      async (name) => found[name] ?? [],
    )
    expect(senders.hostOf('192.0.2.1')).toBe('pve1')
    expect(senders.hostOf('::ffff:192.0.2.1')).toBe('pve1')
    expect(senders.hostOf('fe80::3%eth0')).toBe('pve3')
    expect(senders.hostOf('192.0.2.2')).toBeUndefined()
    await senders.resolve()
    expect(senders.hostOf('2001:db8::2')).toBe('pve2')
    // The name server fails: what is known stays.
    delete found['pve2.example']
    await senders.resolve()
    expect(senders.hostOf('192.0.2.2')).toBe('pve2')
  })
})
