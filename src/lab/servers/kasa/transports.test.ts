import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import type { Garbage } from './faults.ts'
import {
  cleanUp,
  clientOf,
  codes,
  DEVICE,
  failure,
  isOn,
  OK,
  relay,
  SYSINFO,
  shaken,
  start,
  xorClientOf,
} from './test-bench.ts'
import { post } from './test-client.ts'

afterEach(cleanUp)

describe('transports', () => {
  test('legacy: framed in pieces, several requests on one connection, and KLAP is refused', async () => {
    const lab = await start({ transport: 'legacy-xor' })
    lab.strip('strip').set({ fragmentAnswers: true })
    const client = xorClientOf(lab)
    expect((await client.query(SYSINFO)).system.get_sysinfo.deviceId).toBe(DEVICE)
    expect(await client.query(relay(2, 0))).toEqual(OK)
    expect(isOn(lab, 2)).toBe(false)
    expect(await failure(clientOf(lab).handshake())).toBe('ECONNREFUSED')
    expect(codes(lab)).toEqual([])
  })

  test('the transport flips at run time, and a restart flips it back', async () => {
    const lab = await start({ timeScale: 1000 })
    const strip = lab.strip('strip')
    const { klap, legacy } = strip.ports
    await strip.setTransport('legacy-xor')
    expect(await failure(clientOf(lab).handshake())).toBe('ECONNREFUSED')
    expect((await xorClientOf(lab).query(SYSINFO)).system.get_sysinfo.child_num).toBe(6)
    await lab.act({ kind: 'strip-reboot', strip: 'strip', outlets: 'last' })
    expect(await lab.until((state) => state.strips[0]!.reachable, 5000)).toBe(true)
    await lab.settled()
    expect(strip.transport).toBe('klap-v2')
    await expect.poll(() => clientOf(lab).handshake().catch(String), { timeout: 5000 }).toBe(200)
    expect(strip.ports).toMatchObject({ klap, legacy })
    const refused = xorClientOf(lab)
    await once(refused.socket, 'close').catch(() => {})
    expect(refused.socket.destroyed).toBe(true)
  })

  test.each<[Garbage, string]>([
    ['undecryptable', 'noise'],
    ['not-json', '{"system":{"get_sysinfo":'],
    ['empty', ''],
    ['truncated', 'closed'],
  ])('legacy garbage: %s', async (garbage, heard) => {
    const lab = await start({ transport: 'legacy-xor' })
    lab.strip('strip').plan({ kind: 'garbage-answer', count: 1, garbage })
    const client = xorClientOf(lab)
    client.send(relay(0, 0))
    const frame = await client.frame()
    if (heard === 'noise') expect(() => JSON.parse(frame)).toThrow()
    else expect(frame).toBe(heard)
    expect(isOn(lab, 0)).toBe(false)
  })

  test('legacy: losses, an absurd length, and two requests at once', async () => {
    const lab = await start({ transport: 'legacy-xor' })
    lab.strip('strip').plan({ kind: 'lose-answer', count: 1 })
    const lost = xorClientOf(lab)
    lost.send(relay(0, 0))
    expect(await lost.frame()).toBe('closed')
    expect(isOn(lab, 0)).toBe(false)
    const absurd = xorClientOf(lab)
    absurd.socket.write(Buffer.from([0x7f, 0xff, 0xff, 0xff]))
    expect(await absurd.frame()).toBe('closed')
    lab.strip('strip').set({ slowMs: 200 })
    const one = xorClientOf(lab)
    const two = xorClientOf(lab)
    one.send(SYSINFO)
    two.send(SYSINFO)
    const heard = (await Promise.all([one.frame(), two.frame()])).map((frame) => (frame === 'closed' ? 'reset' : 'ok'))
    expect(heard.toSorted()).toEqual(['ok', 'reset'])
    expect(codes(lab)).toEqual(['malformed-request', 'concurrent-query'])
  })

  test('offline: connects time out while the relays stay; online again it answers', async () => {
    const lab = await start()
    const client = await shaken(lab)
    await lab.act({ kind: 'strip-offline', strip: 'strip' })
    expect(await failure(client.send(relay(0, 0), {}, 300))).toBe('TIMEOUT')
    expect(await failure(post(`${client.base}/app/handshake1`, Buffer.alloc(16), {}, false, 300))).toBe('TIMEOUT')
    expect(isOn(lab, 0)).toBe(true)
    await lab.act({ kind: 'strip-online', strip: 'strip' })
    expect(await clientOf(lab).handshake()).toBe(200)
    expect(isOn(lab, 0)).toBe(true)
  })
})
