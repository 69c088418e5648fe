import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call, type Serving, serving, until } from '../../test/faces/serving.ts'
import { event } from '../api/events.ts'

let served: Serving
const open: ClientRequest[] = []
beforeEach(async () => {
  served = await serving()
})
afterEach(async () => {
  for (const each of open.splice(0)) each.destroy()
  await served.close()
})

/** An open stream: what it has said so far. */
async function follow(query = ''): Promise<{ seen: string[]; ids: (number | undefined)[]; gone: () => boolean }> {
  const outgoing = request({ socketPath: served.socketPath, path: `/api/v1/events/stream${query}` })
  open.push(outgoing)
  outgoing.on('error', () => {})
  const incoming = new Promise<IncomingMessage>((resolve) => outgoing.once('response', resolve))
  outgoing.end()
  const stream = (await incoming).setEncoding('utf8')
  expect(stream.headers['content-type']).toContain('text/event-stream')
  let text = ''
  let ended = false
  const seen: string[] = []
  const ids: (number | undefined)[] = []
  stream.on('data', (chunk) => {
    text += chunk
    const frames = text.split('\n\n')
    text = frames.pop() ?? ''
    for (const frame of frames) {
      const data = frame.split('\n').find((line) => line.startsWith('data: '))
      if (data === undefined) continue
      const one = event.parse(JSON.parse(data.slice(6)))
      seen.push(one.sentence)
      ids.push(one.id)
    }
  })
  stream.on('close', () => {
    ended = true
  })
  await until(() => served.daemon.listeners >= 2)
  return { seen, ids, gone: () => ended }
}

describe('the event stream', () => {
  it('tells what happens from now on, once and in order', async () => {
    served.daemon.tell('watchdog-started', 'before')
    const { seen, ids } = await follow()
    for (const name of ['one', 'two', 'three']) served.daemon.tell('host-up', name)
    await until(() => seen.length === 3)
    served.daemon.tell('host-up', 'four')
    await until(() => seen.length === 4)
    expect(seen).toEqual(['one', 'two', 'three', 'four'])
    expect(ids).toEqual([2, 3, 4, 5])
  })

  it('gives first what was missed', async () => {
    for (let number = 1; number <= 700; number += 1) served.daemon.tell('host-up', `event ${number}`)
    const { seen } = await follow('?after=10')
    served.daemon.tell('host-up', 'now')
    await until(() => seen.length >= 691)
    expect([seen[0], seen[689], seen[690], seen.length]).toEqual(['event 11', 'event 700', 'now', 691])
  })

  it('filters', async () => {
    const { seen } = await follow('?host=pve1')
    served.daemon.tell('host-up', 'other', { host: 'pve2' })
    served.daemon.tell('host-up', 'mine', { host: 'pve1' })
    await until(() => seen.length === 1)
    expect(seen).toEqual(['mine'])
  })

  it('still tells when nothing can be written', async () => {
    const { seen, ids } = await follow()
    served.daemon.storeWorks = false
    served.daemon.tell('store-unavailable', 'The disk is full.')
    await until(() => seen.length === 1)
    served.daemon.storeWorks = true
    served.daemon.tell('store-recovered', 'There is room again.')
    await until(() => seen.length === 2)
    expect(ids).toEqual([undefined, 1])
  })

  it('lets go of a client that went away', async () => {
    await follow()
    for (const each of open.splice(0)) each.destroy()
    await until(() => served.daemon.listeners === 1)
  })

  it('ends at closing', async () => {
    const { gone } = await follow()
    await served.http.close()
    await until(gone)
  })

  it('has an end to how many', async () => {
    for (let count = 0; count < 64; count += 1) await follow()
    await until(() => served.daemon.listeners === 65)
    expect(await call(served.socketPath, 'GET', '/api/v1/events/stream')).toMatchObject({ status: 429 })
  })
})
