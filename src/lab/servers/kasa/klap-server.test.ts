import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { SETUP_CREDENTIALS } from '../index.ts'
import { cleanUp, clientOf, codes, DEVICE, relay, SYSINFO, shaken, start } from './test-bench.ts'
import { post } from './test-client.ts'

afterEach(cleanUp)

describe('KLAP sessions', () => {
  test.each([
    ['klap-v1', 1],
    ['klap-v2', 2],
  ] as const)('%s: handshake, request, answer', async (transport, version) => {
    const lab = await start({ transport })
    const client = await shaken(lab, { version })
    expect(client.setCookie).toMatch(/^TP_SESSIONID=[0-9A-F]{32};TIMEOUT=86400$/)
    const { system } = await client.query(SYSINFO)
    expect(system.get_sysinfo).toMatchObject({ model: 'HS300(US)', hw_ver: '2.0', child_num: 6, feature: 'TIM:ENE' })
    expect(system.get_sysinfo.children[0]).toMatchObject({ id: `${DEVICE}00`, alias: 'pve1', state: 1 })
    expect(system.get_sysinfo.relay_state).toBeUndefined()
    for (let i = 0; i < 3; i += 1) await client.query(SYSINFO)
    const other = clientOf(lab, { version: version === 1 ? 2 : 1 })
    expect(await other.handshake()).toBe('wrong-hash')
    expect(codes(lab)).toEqual([])
  })

  test('the answer is headed as the device heads it', async () => {
    const lab = await start()
    const { base } = clientOf(lab)
    const { headers } = await post(`${base}/app/handshake1`, Buffer.alloc(16))
    expect(headers.server).toBe('SHIP 2.0')
    expect(headers['set-cookie']).toHaveLength(1)
    expect(headers.date).toBeUndefined()
  })

  test('wrong credentials, and the credentials of an unbound device', async () => {
    const lab = await start({ credentials: SETUP_CREDENTIALS })
    expect(await clientOf(lab).handshake()).toBe('wrong-hash')
    expect(await clientOf(lab, SETUP_CREDENTIALS).handshake()).toBe(200)
    lab.strip('strip').setCredentials({ username: '', password: '' })
    expect(await clientOf(lab, { username: '', password: '' }).handshake()).toBe(200)
  })

  test('a second handshake without the secret is refused', async () => {
    const lab = await start()
    const { base } = clientOf(lab)
    const first = await post(`${base}/app/handshake1`, Buffer.alloc(16))
    const cookie = String(first.headers['set-cookie']).split(';')[0]!
    expect((await post(`${base}/app/handshake2`, Buffer.alloc(32), { Cookie: cookie })).status).toBe(403)
    expect((await post(`${base}/app/handshake2`, Buffer.alloc(32))).status).toBe(403)
    expect((await post(`${base}/app/handshake1`, Buffer.alloc(15))).status).toBe(400)
    expect((await post(`${base}/elsewhere`, Buffer.alloc(0))).status).toBe(404)
    expect(codes(lab)).toEqual(['malformed-request'])
  })

  test('a wrong sequence number or signature ends the session', async () => {
    const lab = await start()
    const skipping = await shaken(lab)
    skipping.sequence += 1
    expect((await skipping.send(SYSINFO)).status).toBe(403)
    skipping.sequence -= 2
    expect((await skipping.send(SYSINFO)).status).toBe(403)
    const spoilt = await shaken(lab)
    spoilt.sequence += 1
    const body = spoilt.body(SYSINFO)
    body[0] = body[0]! ^ 1
    const url = `${spoilt.base}/app/request?seq=${spoilt.sequence}`
    expect((await post(url, body, { Cookie: spoilt.cookie })).status).toBe(403)
    expect((await post(`${spoilt.base}/app/request?seq=x`, body, { Cookie: spoilt.cookie })).status).toBe(400)
    expect(codes(lab)).toEqual(['bad-sequence', 'bad-signature', 'malformed-request'])
  })

  test('a session replayed is refused', async () => {
    const lab = await start()
    const client = await shaken(lab)
    await client.query(relay(3, 0))
    client.sequence -= 1
    expect((await client.send(relay(3, 0))).status).toBe(403)
  })

  test('ordinary HTTP clients and full cookies get 400', async () => {
    const lab = await start()
    const client = await shaken(lab)
    expect((await client.send(SYSINFO, { 'Accept-Language': '*' })).status).toBe(400)
    expect((await client.send(SYSINFO, { 'Sec-Fetch-Mode': 'cors' })).status).toBe(400)
    expect((await client.send(SYSINFO, { Cookie: client.setCookie })).status).toBe(400)
    expect((await client.send(SYSINFO, { Connection: 'close, x' })).status).toBe(400)
    expect((await client.send(SYSINFO, { Connection: 'Upgrade', Upgrade: 'h2c' })).status).toBe(400)
    expect((await client.send(SYSINFO, { Expect: '100-continue' })).status).toBe(400)
    const fetched = await fetch(`${client.base}/app/handshake1`, { method: 'POST', body: Buffer.alloc(16) })
    expect(fetched.status).toBe(400)
    expect(codes(lab).toSorted()).toEqual(['cookie-with-attributes', ...Array(6).fill('unusual-http')])
  })

  test('sessions die: after one request, at will, by age, with a restart, with a swap', async () => {
    const lab = await start({ timeScale: 1000 })
    const strip = lab.strip('strip')
    strip.set({ sessionDiesAfterOneRequest: true })
    const client = await shaken(lab)
    await client.query(SYSINFO)
    expect((await client.send(SYSINFO)).status).toBe(403)
    strip.set({ sessionDiesAfterOneRequest: false })
    for (const kill of [
      () => strip.expireSessions(),
      () => strip.set({ sessionTimeoutSeconds: 0 }),
      () => lab.act({ kind: 'swap-identity', strip: 'strip', deviceId: 'F'.repeat(40) }),
    ]) {
      strip.set({ sessionTimeoutSeconds: 86_400 })
      const fresh = await shaken(lab)
      await fresh.query(SYSINFO)
      await kill()
      expect((await fresh.send(SYSINFO)).status).toBe(403)
    }
    strip.set({ sessionTimeoutSeconds: 86_400 })
    const last = await shaken(lab)
    await lab.act({ kind: 'strip-reboot', strip: 'strip', outlets: 'last' })
    expect(await lab.until((state) => state.strips[0]!.reachable, 5000)).toBe(true)
    await lab.settled()
    await expect.poll(() => last.send(SYSINFO).then((answer) => answer.status, failed), { timeout: 5000 }).toBe(403)
    expect(codes(lab)).toEqual([])
    function failed() {
      return 'failed'
    }
  })

  test('throttled handshakes look like a wrong password until one waits', async () => {
    const lab = await start()
    lab.strip('strip').set({ throttledHandshakeMs: 300 })
    expect(await clientOf(lab).handshake()).toBe(200)
    expect(await clientOf(lab).handshake()).toBe('wrong-hash')
    await setTimeout(320)
    expect(await clientOf(lab).handshake()).toBe(200)
  })
})
