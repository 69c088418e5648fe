import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { magicPacket, wakeByPacket } from './magic-packet.ts'

test('a packet is six bytes of ones and the address sixteen times', () => {
  const packet = magicPacket('BC:24:11-00:0a:ff') ?? Buffer.alloc(0)
  expect(packet).toHaveLength(102)
  expect(packet.subarray(0, 6).every((byte) => byte === 0xff)).toBe(true)
  for (let at = 6; at < 102; at += 6) expect(packet.subarray(at, at + 6).toString('hex')).toBe('bc2411000aff')
})

test.each(['', 'bc:24:11', 'bc:24:11:00:0a:fg', 'bc:24:11:00:0a:ff:00'])('“%s” is no address', async (mac) => {
  expect(magicPacket(mac)).toBeUndefined()
  expect(await wakeByPacket(mac)).toMatchObject({ ok: false })
})

test('it arrives', async () => {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const arrived = once(socket, 'message')
  expect(await wakeByPacket('bc:24:11:00:0a:ff', '127.0.0.1', socket.address().port)).toEqual({ ok: true })
  expect(((await arrived) as [Buffer])[0]).toEqual(magicPacket('bc:24:11:00:0a:ff'))
  socket.close()
})
