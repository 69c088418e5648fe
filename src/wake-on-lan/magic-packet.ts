import { createSocket } from 'node:dgram'

const PORT = 9
const COPIES = 16

export type SendOutcome = { readonly ok: true } | { readonly ok: false; readonly sentence: string }

/** Six bytes of ones and the address sixteen times, as AMD's Magic Packet Technology white paper has it. */
export function magicPacket(mac: string): Buffer | undefined {
  const bytes = mac.split(/[:-]/).map((part) => (/^[0-9a-f]{2}$/i.test(part) ? Number.parseInt(part, 16) : Number.NaN))
  if (bytes.length !== 6 || bytes.some(Number.isNaN)) return undefined
  return Buffer.concat([Buffer.alloc(6, 0xff), ...Array.from({ length: COPIES }, () => Buffer.from(bytes))])
}

/** Sent to everybody on the network: a machine that sleeps has no address. Nobody answers. */
export function wakeByPacket(mac: string, to = '255.255.255.255', port = PORT): Promise<SendOutcome> {
  const packet = magicPacket(mac)
  if (packet === undefined) return Promise.resolve({ ok: false, sentence: `${mac} is no hardware address.` })
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const end = (outcome: SendOutcome) => {
      socket.close()
      resolve(outcome)
    }
    socket.once('error', (error) => end({ ok: false, sentence: `No packet could be sent: ${error.message}.` }))
    socket.bind(() => {
      socket.setBroadcast(true)
      socket.send(packet, port, to, (error) => {
        end(error === null ? { ok: true } : { ok: false, sentence: `No packet could be sent: ${error.message}.` })
      })
    })
  })
}
