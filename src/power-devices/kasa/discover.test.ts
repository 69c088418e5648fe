import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { broadcastDiscover, readAnswerV2, readLegacyAnswer } from './broadcast.ts'
import { discoverKasa } from './discover.ts'
import { ScriptedDevice } from './testing/scripted-device.ts'
import { xorDecrypt, xorEncrypt } from './xor-cipher.ts'

const deviceId = '8006AAAABBBBCCCCDDDDEEEEFFFF00001111AB12'
const sysinfo = { system: { get_sysinfo: { deviceId, model: 'HS300(US)', alias: 'rack\u001b[2J', err_code: 0 } } }
const v2 = {
  result: {
    device_id: '00112233445566778899aabbccddeeff',
    device_type: 'IOT.SMARTPLUGSWITCH',
    device_model: 'HS300(US)',
    ip: '127.0.0.1',
    mgt_encrypt_schm: { is_support_https: false, encrypt_type: 'KLAP', http_port: 80, lv: 2 },
  },
  error_code: 0,
}
const v2Datagram = (content: object) => Buffer.concat([Buffer.alloc(16), Buffer.from(JSON.stringify(content))])

describe('one address', () => {
  let device: ScriptedDevice
  beforeEach(async () => {
    device = await ScriptedDevice.start()
    device.credentials = { username: 'kasa@tp-link.net', password: 'kasaSetup' }
  })
  afterEach(() => device.stop())

  test('tells what is there', async () => {
    const options = { port: device.httpPort, legacyPort: device.legacyPort }
    expect(await discoverKasa('127.0.0.1', options)).toMatchObject({
      ok: true,
      value: { deviceId: device.deviceId, transport: 'klap-v2' },
    })
  })

  test('tells that nothing is there', async () => {
    await device.closeKlap()
    const options = { port: device.httpPort, legacyPort: device.legacyPort }
    expect(await discoverKasa('127.0.0.1', options)).toMatchObject({ ok: false, error: { code: 'unreachable' } })
  })
})

describe('answers of the network', () => {
  test('legacy', () => {
    expect(readLegacyAnswer(xorEncrypt(JSON.stringify(sysinfo)), '10.0.0.2')).toEqual({
      address: '10.0.0.2',
      model: 'HS300(US)',
      alias: 'rack [2J',
      deviceId,
      via: 'legacy',
    })
  })

  test('the newer one, whose device_id is another value', () => {
    const found = { address: '10.0.0.2', model: 'HS300(US)', via: 'v2', port: 80 }
    expect(readAnswerV2(v2Datagram(v2), '10.0.0.2')).toEqual(found)
  })

  test('Tapo devices and garbage are left out', () => {
    const tapo = { result: { ...v2.result, device_type: 'SMART.TAPOPLUG' } }
    expect(readAnswerV2(v2Datagram(tapo), '10.0.0.2')).toBeUndefined()
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(16), Buffer.from('hello there, I am not JSON at all')]) {
      expect(readAnswerV2(bytes, '10.0.0.2')).toBeUndefined()
      expect(readLegacyAnswer(bytes, '10.0.0.2')).toBeUndefined()
    }
  })
})

describe('asking the network', () => {
  const sockets: ReturnType<typeof createSocket>[] = []

  async function responder(answer: (question: Buffer) => readonly Buffer[]): Promise<number> {
    const socket = createSocket('udp4')
    sockets.push(socket)
    socket.on('message', (question, from) => {
      for (const reply of answer(question)) socket.send(reply, from.port, from.address)
    })
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return socket.address().port
  }

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.close()
  })

  const isSysinfo = (question: Buffer) => xorDecrypt(question) === '{"system":{"get_sysinfo":{}}}'
  const isV2 = (question: Buffer) => question.toString('hex') === '020000010000000000000000463cb5d3'

  test('both ways, listed once, garbage ignored', async () => {
    const port = await responder((question) =>
      isSysinfo(question) ? [Buffer.from('garbage'), xorEncrypt(JSON.stringify(sysinfo))] : [],
    )
    const portV2 = await responder((question) => (isV2(question) ? [v2Datagram(v2)] : []))
    const outcome = await broadcastDiscover({
      bindAddress: '127.0.0.1',
      broadcastAddress: '127.0.0.1',
      port,
      portV2,
      waitMs: 400,
    })
    expect(outcome).toEqual({
      ok: true,
      value: [{ address: '127.0.0.1', model: 'HS300(US)', alias: 'rack [2J', deviceId, via: 'legacy', port: 80 }],
    })
  })

  test('nobody answers', async () => {
    const port = await responder(() => [])
    const options = { bindAddress: '127.0.0.1', broadcastAddress: '127.0.0.1', port, portV2: port, waitMs: 50 }
    expect(await broadcastDiscover(options)).toEqual({ ok: true, value: [] })
  })

  test('an address that is not ours cannot be bound', async () => {
    const options = { bindAddress: '192.0.2.1', broadcastAddress: '127.0.0.1', waitMs: 50_000 }
    const outcome = await broadcastDiscover(options)
    expect(outcome).toMatchObject({ ok: false, error: { code: 'unreachable' } })
  })

  test('ends when the caller gives up', async () => {
    const port = await responder(() => [])
    const options = { broadcastAddress: '127.0.0.1', port, portV2: port, waitMs: 50_000, signal: AbortSignal.abort() }
    expect(await broadcastDiscover(options)).toEqual({ ok: true, value: [] })
  })
})
