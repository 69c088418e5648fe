import { createSocket, type Socket } from 'node:dgram'
import { LabFault } from '../lab-fault.ts'
import type { Device } from './device.ts'
import { answerRequest } from './dialect.ts'
import { STRIP_MODEL } from './system.ts'
import { xorSeal, xorUnseal } from './xor-cipher.ts'

const HEADER_BYTES = 16

/**
 * The two ways of being found, over UDP. Port 9999: the request `{"system":{"get_sysinfo":{}}}` under the legacy
 * cipher, without a length. Port 20002: a 16-byte header that begins `02 00 00 01`, answered with a header and plain
 * JSON. A strip that speaks KLAP answers only the second, one that speaks the legacy protocol only the first (as the
 * discovery of python-kasa tells them apart).
 */
export type Discovery = { readonly legacyPort: number; readonly klapPort: number; stop(): Promise<void> }

export type DiscoveryContext = {
  readonly device: Device
  readonly address: string
  /** What it speaks now and on which HTTP port, or undefined while it is unreachable. */
  readonly speaks: () => { readonly legacy: boolean; readonly httpPort: number } | undefined
}

export async function openDiscovery(
  context: DiscoveryContext,
  ports: { readonly legacy: number; readonly klap: number },
): Promise<Discovery> {
  const legacy = await open(context.address, ports.legacy, (message) => answerLegacy(context, message))
  try {
    const klap = await open(context.address, ports.klap, (message) => answerKlap(context, message))
    let stopping: Promise<unknown> | undefined
    return {
      legacyPort: legacy.address().port,
      klapPort: klap.address().port,
      stop: async () => {
        stopping ??= Promise.all([close(legacy), close(klap)])
        await stopping
      },
    }
  } catch (error) {
    await close(legacy)
    throw error
  }
}

function answerLegacy({ device, speaks }: DiscoveryContext, message: Buffer): Buffer | undefined {
  if (speaks()?.legacy !== true) return undefined
  const text = xorUnseal(message)
  if (!text.includes('get_sysinfo')) return undefined
  const { site, strip, faults } = device
  site.catchUp()
  const bench = { world: site.world, strip, faults, delivery: { applies: false }, violate: () => {} }
  return xorSeal(JSON.stringify(answerRequest(bench, { system: { get_sysinfo: {} } })))
}

function answerKlap({ device, address, speaks }: DiscoveryContext, message: Buffer): Buffer | undefined {
  const now = speaks()
  const asks = message.length >= HEADER_BYTES && message.readUInt32BE() === 0x02000001
  if (now === undefined || now.legacy || !asks) return undefined
  const result = {
    device_id: device.strip.deviceId.slice(0, 32).toLowerCase(),
    device_type: 'IOT.SMARTPLUGSWITCH',
    device_model: STRIP_MODEL,
    ip: address,
    mac: '00-00-5E-00-53-01',
    is_support_iot_cloud: true,
    factory_default: false,
    mgt_encrypt_schm: { is_support_https: false, encrypt_type: 'KLAP', http_port: now.httpPort, lv: 2 },
  }
  const body = Buffer.from(JSON.stringify({ result, error_code: 0 }), 'utf8')
  return Buffer.concat([message.subarray(0, HEADER_BYTES), body])
}

function open(address: string, port: number, answer: (message: Buffer) => Buffer | undefined): Promise<Socket> {
  const socket = createSocket('udp4')
  return new Promise((resolve, reject) => {
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code === 'EADDRINUSE' ? 'address-in-use' : 'cannot-listen'
      reject(new LabFault(code, `the lab cannot listen on UDP ${address}:${port} (${error.code ?? error.message})`))
    })
    socket.bind(port, address, () => {
      socket.removeAllListeners('error')
      socket.on('error', () => {})
      socket.on('message', (message, from) => {
        const reply = answer(message)
        if (reply !== undefined) socket.send(reply, from.port, from.address, () => {})
      })
      resolve(socket)
    })
  })
}

function close(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()))
}
