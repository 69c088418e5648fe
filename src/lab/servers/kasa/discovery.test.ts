import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { cleanUp, DEVICE, SYSINFO, start } from './test-bench.ts'
import { xor } from './test-client.ts'

afterEach(cleanUp)

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
