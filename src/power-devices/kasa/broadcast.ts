import { createSocket, type RemoteInfo } from 'node:dgram'
import { z } from 'zod'
import type { Outcome } from '../../ports/power-device.ts'
import { parseObject, tame } from './iot-answer.ts'
import { sysinfoMessage } from './iot-message.ts'
import { xorDecrypt, xorEncrypt } from './xor-cipher.ts'

/**
 * The fixed probe of the newer discovery: version 2, no payload, CRC-32 of the header at its end. The answer is a
 * header of 16 bytes, then JSON in clear. As python-kasa documents it.
 */
const PROBE_V2 = Buffer.from('020000010000000000000000463cb5d3', 'hex')
const HEADER_BYTES_V2 = 16

/** Datagrams get lost: the question is put this many times, spread over the first half of the wait. */
const ROUNDS = 3
const MAX_FOUND = 1024

export type BroadcastOptions = {
  /** Source address, which also chooses the interface. */
  readonly bindAddress?: string | undefined
  /** Where to ask: a broadcast address, or the address of one device. */
  readonly broadcastAddress: string
  /** UDP port of the legacy discovery. */
  readonly port?: number
  /** UDP port of the newer discovery, which devices that speak KLAP alone answer. */
  readonly portV2?: number
  readonly waitMs: number
  readonly signal?: AbortSignal
}

export type FoundKasa = {
  readonly address: string
  readonly model: string
  /** Missing where only the newer discovery answered: it tells neither. Its `device_id` is a hash, another value. */
  readonly alias?: string
  readonly deviceId?: string
  readonly via: 'legacy' | 'v2'
  /** TCP port for KLAP, as the newer discovery tells it. */
  readonly port?: number
}

const legacyAnswer = z.looseObject({
  system: z.looseObject({
    get_sysinfo: z.looseObject({
      deviceId: z.string(),
      model: z.string(),
      alias: z.string().optional().catch(undefined),
    }),
  }),
})

const answerV2 = z.looseObject({
  result: z.looseObject({
    device_type: z.string(),
    device_model: z.string(),
    mgt_encrypt_schm: z
      .looseObject({ http_port: z.int().min(1).max(65_535).optional() })
      .optional()
      .catch(undefined),
  }),
})

/** Reads an answer of the legacy discovery: get_sysinfo, obfuscated. Undefined for anything else. */
export function readLegacyAnswer(datagram: Uint8Array, address: string): FoundKasa | undefined {
  const parsed = legacyAnswer.safeParse(parseObject(xorDecrypt(datagram)))
  if (!parsed.success) return undefined
  const { deviceId, model, alias } = parsed.data.system.get_sysinfo
  const named = alias === undefined || tame(alias) === '' ? {} : { alias: tame(alias) }
  return { address, model: tame(model), ...named, deviceId: tame(deviceId), via: 'legacy' }
}

/** Reads an answer of the newer discovery. Devices of the Tapo family answer it too: they are left out. */
export function readAnswerV2(datagram: Buffer, address: string): FoundKasa | undefined {
  const parsed = answerV2.safeParse(parseObject(datagram.subarray(HEADER_BYTES_V2).toString('utf8')))
  if (!parsed.success || !parsed.data.result.device_type.startsWith('IOT.')) return undefined
  const { device_model: model, mgt_encrypt_schm: scheme } = parsed.data.result
  const port = scheme?.http_port === undefined ? {} : { port: scheme.http_port }
  return { address, model: tame(model), via: 'v2', ...port }
}

/** What two answers of one device tell together; the legacy one tells more. */
function merge(before: FoundKasa | undefined, now: FoundKasa): FoundKasa {
  return now.via === 'legacy' ? { ...before, ...now } : { ...now, ...before }
}

/**
 * Asks the local network for Kasa devices, both ways, and answers who replied within `waitMs`, by address. A device
 * that answers both ways is listed once.
 */
export async function broadcastDiscover(options: BroadcastOptions): Promise<Outcome<readonly FoundKasa[]>> {
  const { broadcastAddress, bindAddress: address, port = 9999, portV2 = 20_002, waitMs, signal } = options
  const found = new Map<string, FoundKasa>()
  const over = Promise.withResolvers<string | undefined>()
  const breakOff = (error: NodeJS.ErrnoException | null) => {
    if (error !== null) over.resolve(error.code ?? 'unknown error')
  }
  const socket = createSocket('udp4').on('error', breakOff)
  socket.on('message', (datagram: Buffer, from: RemoteInfo) => {
    const read = from.port === portV2 ? readAnswerV2 : readLegacyAnswer
    const device = read(datagram, from.address)
    if (device === undefined || (found.size >= MAX_FOUND && !found.has(from.address))) return
    found.set(from.address, merge(found.get(from.address), device))
  })
  const ask = () => {
    socket.send(xorEncrypt(sysinfoMessage().text), port, broadcastAddress, breakOff)
    socket.send(PROBE_V2, portV2, broadcastAddress, breakOff)
  }
  const timers = [setTimeout(() => over.resolve(undefined), waitMs)]
  const onAbort = () => over.resolve(undefined)
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  socket.bind({ port: 0, ...(address === undefined ? {} : { address }) }, () => {
    socket.setBroadcast(true)
    ask()
    for (let round = 1; round < ROUNDS; round += 1) timers.push(setTimeout(ask, (waitMs * round) / (2 * ROUNDS)))
  })
  const reason = await over.promise
  for (const timer of timers) clearTimeout(timer)
  signal?.removeEventListener('abort', onAbort)
  socket.removeAllListeners('message').close()
  if (reason === undefined) return { ok: true, value: [...found.values()] }
  const sentence = `asking ${broadcastAddress} for Kasa devices failed: ${reason}`
  return { ok: false, error: { code: 'unreachable', sentence, mayHaveLanded: false } }
}
