import type { Socket } from 'node:net'
import type { Answer, Device } from './device.ts'
import { wireGarbage } from './wire-garbage.ts'
import { xorFrame, xorUnseal } from './xor-cipher.ts'

const MOST_FRAME_BYTES = 16_384
const PIECE_BYTES = 5

/** Serves one connection of the legacy protocol: framed requests, however they are cut into pieces. */
export function serveXor(device: Device, socket: Socket, answers: () => boolean): void {
  let pending = Buffer.alloc(0)
  let working = false
  socket.on('data', (chunk: Buffer) => {
    if (!answers()) return
    pending = Buffer.concat([pending, chunk])
    if (working) {
      device.violate('concurrent-query', 'more was sent before the answer came')
      socket.resetAndDestroy()
      return
    }
    if (pending.length < 4) return
    const length = pending.readUInt32BE()
    if (length > MOST_FRAME_BYTES) {
      device.violate('malformed-request', `a frame of ${length} bytes`)
      socket.resetAndDestroy()
      return
    }
    if (pending.length < 4 + length) return
    const request = pending.subarray(4, 4 + length)
    pending = Buffer.from(pending.subarray(4 + length))
    working = true
    exchange(device, socket, request, answers)
      .catch((error: unknown) => {
        socket.destroy()
        process.emitWarning(`the lab's strip failed: ${String(error)}`)
      })
      .finally(() => {
        working = false
      })
  })
}

async function exchange(device: Device, socket: Socket, request: Buffer, answers: () => boolean): Promise<void> {
  const leave = device.enter()
  if (leave === undefined) {
    socket.resetAndDestroy()
    return
  }
  socket.once('close', leave)
  try {
    const answer = await device.query(xorUnseal(request), 'legacy-xor')
    if (answers()) await deliver(device, socket, answer)
  } finally {
    socket.removeListener('close', leave)
    leave()
  }
}

async function deliver(device: Device, socket: Socket, answer: Answer): Promise<void> {
  if (answer.how === 'silence') return
  if (answer.how === 'cut') {
    socket.resetAndDestroy()
    return
  }
  if (answer.how === 'garbage') {
    sendGarbage(device, socket, answer)
    return
  }
  const frame = xorFrame(answer.text)
  await send(device, socket, answer.twice ? Buffer.concat([frame, frame]) : frame)
  if (device.faults.closesConnections) socket.end()
}

function sendGarbage(device: Device, socket: Socket, answer: Extract<Answer, { how: 'garbage' }>): void {
  const frame = xorFrame(answer.text)
  switch (answer.garbage) {
    case 'not-json':
    case 'not-an-object':
      socket.write(xorFrame(wireGarbage(answer.garbage)))
      break
    case 'empty':
      socket.write(Buffer.alloc(4))
      break
    case 'truncated':
      socket.end(frame.subarray(0, frame.length / 2))
      break
    case 'endless':
      frame.writeUInt32BE(2 ** 31 - 1)
      socket.write(frame)
      break
    default: {
      const noise = device.site.randomBytes(64)
      noise.writeUInt32BE(60)
      socket.write(noise)
    }
  }
}

async function send(device: Device, socket: Socket, frame: Buffer): Promise<void> {
  if (!device.faults.fragmentAnswers) {
    socket.write(frame)
    return
  }
  for (let at = 0; at < frame.length && !socket.destroyed; at += PIECE_BYTES) {
    socket.write(frame.subarray(at, at + PIECE_BYTES))
    await new Promise((resolve) => setImmediate(resolve))
  }
}
