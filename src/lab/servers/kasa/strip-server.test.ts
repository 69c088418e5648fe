import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { findOutlet, homeLab } from '../../world/index.ts'
import { LAB_CREDENTIALS, type Lab, type LabOptions, type Mishap, SETUP_CREDENTIALS, startLab } from '../index.ts'
import type { Garbage } from './faults.ts'
import { type KlapLogin, post, TestKlapClient, TestXorClient, xor } from './test-client.ts'

const NETWORK = '127.78.2'
const FREE = { https: 0, banner: 0, gateway: 0, klap: 0, legacy: 0, klapDiscovery: 0 }
const SYSINFO = { system: { get_sysinfo: {} } }
const DEVICE = homeLab().strips[0]!.deviceId
const child = (outlet: number) => ({ context: { child_ids: [`${DEVICE}0${outlet}`] } })
const relay = (outlet: number, state: 0 | 1) => ({ ...child(outlet), system: { set_relay_state: { state } } })
const OK = { system: { set_relay_state: { err_code: 0 } } }

const cleanup: (() => unknown)[] = []
afterEach(async () => {
  for (const one of cleanup.splice(0).reverse()) await one()
})

async function start(options: Partial<LabOptions> = {}): Promise<Lab> {
  const lab = await startLab({ spec: homeLab(), network: NETWORK, ports: FREE, ...options })
  cleanup.push(() => lab.stop())
  return lab
}

function clientOf(lab: Lab, login: Partial<KlapLogin> = {}): TestKlapClient {
  const { address, ports } = lab.strip('strip')
  const client = new TestKlapClient(address, ports.klap, { version: 2, ...LAB_CREDENTIALS, ...login })
  cleanup.push(() => client.close())
  return client
}

async function shaken(lab: Lab, login: Partial<KlapLogin> = {}): Promise<TestKlapClient> {
  const client = clientOf(lab, login)
  expect(await client.handshake()).toBe(200)
  return client
}

function xorClientOf(lab: Lab): TestXorClient {
  const { address, ports } = lab.strip('strip')
  const client = new TestXorClient(address, ports.legacy)
  cleanup.push(() => client.socket.destroy())
  return client
}

const isOn = (lab: Lab, outlet: number) => findOutlet(lab.world, 'strip', outlet)!.on
const codes = (lab: Lab) =>
  lab
    .strip('strip')
    .violations()
    .map((violation) => violation.code)
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: { code?: string }) => error.code,
  )

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
    const fetched = await fetch(`${client.base}/app/handshake1`, { method: 'POST', body: Buffer.alloc(16) })
    expect(fetched.status).toBe(400)
    expect(codes(lab)).toEqual([
      'unusual-http',
      'unusual-http',
      'cookie-with-attributes',
      'unusual-http',
      'unusual-http',
    ])
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

describe('the dialect', () => {
  test('switches one outlet, reads it back and meters it', async () => {
    const lab = await start()
    const client = await shaken(lab)
    const meter = async (outlet: number) =>
      (await client.query({ ...child(outlet), emeter: { get_realtime: {} } })).emeter.get_realtime
    expect(await meter(0)).toMatchObject({ power_mw: 60_000, voltage_mv: 120_000, current_ma: 500, slot_id: 0 })
    expect(await client.query(relay(0, 0))).toEqual(OK)
    expect(lab.state().hosts[0]).toMatchObject({ state: 'off', hasPower: false })
    expect((await client.query(SYSINFO)).system.get_sysinfo.children.map((c: { state: number }) => c.state)).toEqual([
      0, 1, 1, 1, 1, 1,
    ])
    expect(await meter(0)).toMatchObject({ power_mw: 0 })
    lab.strip('strip').set({ meter: 'floats' })
    expect(await meter(1)).toMatchObject({ power: 60, voltage: 120, current: 0.5, err_code: 0 })
    lab.strip('strip').set({ meter: 'none' })
    expect(await client.query({ ...child(0), emeter: { get_realtime: {} } })).toEqual({
      emeter: { err_code: -1, err_msg: 'module not support' },
    })
    expect(
      lab
        .strip('strip')
        .queries()
        .map((query) => query.methods),
    ).toContain('system.set_relay_state')
    expect(
      lab
        .strip('strip')
        .queries()
        .find((query) => query.methods.includes('relay')),
    ).toMatchObject({ child: 0 })
  })

  test('sloppy switching is caught: several children, none, short and doubled ids', async () => {
    const lab = await start()
    const client = await shaken(lab)
    const set = (ids: string[] | undefined, state: unknown = 0) =>
      client.query({ ...(ids && { context: { child_ids: ids } }), system: { set_relay_state: { state } } })
    expect(await set([`${DEVICE}00`, `${DEVICE}01`])).toEqual(OK)
    expect([isOn(lab, 0), isOn(lab, 1)]).toEqual([false, true])
    const missing = { system: { set_relay_state: { err_code: -14, err_msg: 'entry not exist' } } }
    expect(await set(['01'])).toEqual(missing)
    expect(await set([`${DEVICE}${DEVICE}01`])).toEqual(missing)
    expect(await set([`${DEVICE}06`])).toEqual(missing)
    expect((await set([`${DEVICE}01`], true)).system.set_relay_state.err_code).toBe(-3)
    expect(isOn(lab, 1)).toBe(true)
    expect(await set(undefined)).toEqual(OK)
    expect(lab.state().strips[0]!.outlets.some((outlet) => outlet.on)).toBe(false)
    expect(codes(lab)).toEqual([
      'several-children',
      'short-child-id',
      'child-id-prefixed-twice',
      'relay-without-context',
    ])
    expect(lab.state().violations).toHaveLength(4)
  })

  test('two-digit child ids are listed; commands need the full ones', async () => {
    const lab = await start()
    lab.strip('strip').set({ twoDigitChildIds: true })
    const client = await shaken(lab)
    const { children } = (await client.query(SYSINFO)).system.get_sysinfo
    expect(children.map((c: { id: string }) => c.id)).toEqual(['00', '01', '02', '03', '04', '05'])
    expect(await client.query(relay(5, 0))).toEqual(OK)
    expect(isOn(lab, 5)).toBe(false)
  })

  test('count-down: one rule an outlet, fires in the time of the lab, may not be there', async () => {
    const lab = await start({ timeScale: 1000 })
    const client = await shaken(lab)
    const count = (method: string, given = {}) => client.query({ ...child(0), count_down: { [method]: given } })
    const rule = { enable: 1, delay: 660, act: 1, name: 'restore' }
    expect((await count('add_rule', rule)).count_down.add_rule).toMatchObject({ err_code: 0 })
    expect((await count('add_rule', rule)).count_down.add_rule).toEqual({ err_code: -10, err_msg: 'table is full' })
    expect((await count('get_rules')).count_down.get_rules.rule_list[0]).toMatchObject({
      delay: 660,
      act: 1,
      enable: 1,
    })
    await client.query(relay(0, 0))
    expect(await lab.until((state) => state.hosts[0]!.hasPower, 5000)).toBe(true)
    expect(lab.state().switchings.at(-1)).toMatchObject({ outlet: 0, on: true, by: 'timer' })
    expect((await count('add_rule', rule)).count_down.add_rule.err_code).toBe(-10)
    expect((await count('delete_all_rules')).count_down.delete_all_rules).toEqual({ err_code: 0 })
    expect((await count('add_rule', { ...rule, delay: 0 })).count_down.add_rule.err_code).toBe(-3)
    expect((await count('add_rule', rule)).count_down.add_rule.err_code).toBe(0)
    await lab.act({ kind: 'set-timers', strip: 'strip', supported: false })
    expect(await count('add_rule', rule)).toEqual({ count_down: { err_code: -1, err_msg: 'module not support' } })
  })

  test('unknown words are told as such', async () => {
    const lab = await start()
    const client = await shaken(lab)
    expect(await client.query({ schedule: { get_rules: {} } })).toEqual({
      schedule: { err_code: -1, err_msg: 'module not support' },
    })
    expect((await client.query({ system: { dance: {} } })).system.dance.err_code).toBe(-2)
    expect((await client.query([])).err_code).toBe(-2)
  })
})

describe('mishaps', () => {
  test.each<[string, Mishap, string, boolean]>([
    ['a lost command', { kind: 'lose-command', count: 1 }, 'ECONNRESET', true],
    ['a lost answer', { kind: 'lose-answer', count: 1 }, 'ECONNRESET', false],
    ['a silent loss', { kind: 'lose-answer', count: 1, how: 'silence' }, 'TIMEOUT', false],
    ['an acknowledgement only', { kind: 'ack-without-applying', count: 1 }, 'answered', true],
    ['an error', { kind: 'error-answer', count: 1, errCode: -20, errMsg: 'no' }, 'answered', true],
  ])('%s', async (_name, mishap, outcome, on) => {
    const lab = await start()
    lab.strip('strip').plan(mishap)
    const client = await shaken(lab)
    await client.query(SYSINFO)
    expect(await failure(client.send(relay(0, 0), {}, 300))).toBe(outcome)
    expect(isOn(lab, 0)).toBe(on)
    const again = await shaken(lab)
    expect(await again.query(relay(1, 0))).toEqual(OK)
    expect(isOn(lab, 1)).toBe(false)
  })

  test('a late command lands when nobody expects it', async () => {
    const lab = await start({ timeScale: 1000 })
    lab.strip('strip').plan({ kind: 'late-command', count: 1, delayMs: 300_000 })
    lab.strip('strip').plan({ kind: 'repeat-command', count: 1, delayMs: 300_000 })
    const client = await shaken(lab)
    expect(await failure(client.send(relay(0, 0)))).toBe('ECONNRESET')
    expect(isOn(lab, 0)).toBe(true)
    expect(await lab.until((state) => !state.hosts[0]!.hasPower, 5000)).toBe(true)
    const again = await shaken(lab)
    await again.query(relay(1, 0))
    await lab.act({ kind: 'person-switches', strip: 'strip', outlet: 1, on: true })
    expect(await lab.until((state) => !state.strips[0]!.outlets[1]!.on, 5000)).toBe(true)
  })

  test.each<[Garbage, string]>([
    ['not-http', 'HPE'],
    ['truncated', 'ECONNRESET'],
    ['endless', 'TIMEOUT'],
    ['undecryptable', 'answered'],
    ['bad-signature', 'answered'],
    ['not-json', 'answered'],
    ['not-an-object', 'answered'],
    ['empty', 'answered'],
  ])('garbage: %s', async (garbage, outcome) => {
    const lab = await start()
    lab.strip('strip').plan({ kind: 'garbage-answer', count: 1, garbage })
    const client = await shaken(lab)
    const sent = client.send(relay(0, 0), {}, 300)
    const told = await failure(sent)
    if (garbage === 'not-http') expect(told).toMatch(/^HPE_/)
    else expect(told).toBe(outcome)
    expect(isOn(lab, 0)).toBe(false)
    if (outcome !== 'answered') return
    const { body } = await sent
    if (garbage === 'not-an-object') expect(client.open(body)).toBe('ok')
    else expect(() => client.open(body)).toThrow()
  })

  test('doubled answers come twice over the wire', async () => {
    const lab = await start({ transport: 'legacy-xor' })
    lab.strip('strip').plan({ kind: 'double-answer', count: 1, of: 'any' })
    const client = xorClientOf(lab)
    const first = await client.query(SYSINFO)
    expect(JSON.parse(await client.frame())).toEqual(first)
    await lab.strip('strip').setTransport('klap-v2')
    lab.strip('strip').plan({ kind: 'double-answer', count: 1, of: 'any' })
    const klap = await shaken(lab)
    expect((await klap.query(SYSINFO)).system.get_sysinfo.child_num).toBe(6)
    // The second answer waits in the connection that a careless client would use again.
    await expect.poll(() => failure(klap.send(SYSINFO))).toMatch(/answered|HPE_|ECONNRESET|EPIPE/)
  })

  test('fragments, closed connections and slowness are still answers; a slow command lands for nobody', async () => {
    const lab = await start()
    const strip = lab.strip('strip')
    strip.set({ fragmentAnswers: true, closesConnections: true })
    const client = await shaken(lab)
    expect((await client.query(SYSINFO)).system.get_sysinfo.child_num).toBe(6)
    strip.set({ fragmentAnswers: false, closesConnections: false, slowMs: 250 })
    expect(await failure(client.send(relay(0, 0), {}, 60))).toBe('TIMEOUT')
    expect(isOn(lab, 0)).toBe(true)
    expect(await lab.until((state) => !state.hosts[0]!.hasPower, 3000)).toBe(true)
    strip.set({ slowMs: 0, ackWithoutApplying: true })
    const again = await shaken(lab)
    expect(await again.query(relay(0, 1))).toEqual(OK)
    expect(isOn(lab, 0)).toBe(false)
    expect(codes(lab)).toEqual([])
  })

  test('one query at a time: a second one is reset and recorded', async () => {
    const lab = await start()
    const one = await shaken(lab)
    const two = await shaken(lab)
    lab.strip('strip').set({ slowMs: 200 })
    const slow = one.query(SYSINFO)
    await expect.poll(() => failure(two.send(SYSINFO))).toBe('ECONNRESET')
    expect((await slow).system.get_sysinfo.child_num).toBe(6)
    expect(codes(lab)).toContain('concurrent-query')
  })
})

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

describe('discovery over UDP', () => {
  async function ask(address: string, port: number, message: Buffer): Promise<Buffer | 'silence'> {
    const socket = createSocket('udp4')
    try {
      const answered = once(socket, 'message').then(([reply]) => reply as Buffer)
      socket.send(message, port, address)
      return await Promise.race([answered, setTimeout(250, 'silence' as const)])
    } finally {
      socket.close()
    }
  }

  test('each transport answers its own question', async () => {
    const lab = await start()
    const strip = lab.strip('strip')
    const legacyQuestion = xor(Buffer.from(JSON.stringify(SYSINFO)), true)
    const klapQuestion = Buffer.from('020000010000000000000000463cb5d3', 'hex')
    const legacy = () => ask(strip.address, strip.ports.legacy, legacyQuestion)
    const klap = () => ask(strip.address, strip.ports.klapDiscovery, klapQuestion)
    expect(await legacy()).toBe('silence')
    const found = JSON.parse(((await klap()) as Buffer).subarray(16).toString())
    expect(found.result).toMatchObject({
      device_model: 'HS300(US)',
      mgt_encrypt_schm: { encrypt_type: 'KLAP', http_port: strip.ports.klap },
    })
    await strip.setTransport('legacy-xor')
    expect(await klap()).toBe('silence')
    const info = JSON.parse(xor((await legacy()) as Buffer, false).toString())
    expect(info.system.get_sysinfo).toMatchObject({ model: 'HS300(US)', deviceId: DEVICE })
    await lab.act({ kind: 'strip-offline', strip: 'strip' })
    expect(await legacy()).toBe('silence')
  })
})
