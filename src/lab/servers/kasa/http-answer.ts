import type { ServerResponse } from 'node:http'
import type { Answer, Device } from './device.ts'
import { badSignature, wireGarbage } from './wire-garbage.ts'

const PIECE_BYTES = 7

/** Sends what the dialect answered, or what became of it on the way. `seal` encrypts for this request. */
export async function deliver(
  device: Device,
  response: ServerResponse,
  answer: Answer,
  seal: (text: string) => Buffer,
): Promise<void> {
  const { socket } = response
  if (answer.how === 'silence') return
  if (answer.how === 'cut') {
    socket?.resetAndDestroy()
    return
  }
  if (answer.how === 'answer') {
    const body = seal(answer.text)
    await send(device, response, 200, body)
    if (answer.twice) socket?.write(rawAnswer(body, body.length))
    return
  }
  const random = device.site.randomBytes
  switch (answer.garbage) {
    case 'undecryptable':
      return send(device, response, 200, random(32 + 64))
    case 'bad-signature':
      return send(device, response, 200, badSignature(seal(answer.text)))
    case 'empty':
      return send(device, response, 200, Buffer.alloc(0))
    case 'not-http':
      socket?.end(random(64))
      return
    case 'truncated':
    case 'endless': {
      const body = seal(answer.text)
      const announced = answer.garbage === 'truncated' ? body.length : 2 ** 31 - 1
      socket?.write(rawAnswer(body.subarray(0, body.length / 2), announced))
      if (answer.garbage === 'truncated') socket?.end()
      return
    }
    default:
      return send(device, response, 200, seal(wireGarbage(answer.garbage)))
  }
}

/** One plain HTTP answer; resolves when it left or the client did. */
export async function send(device: Device, response: ServerResponse, status: number, body: Buffer): Promise<void> {
  const { closesConnections, fragmentAnswers } = device.faults
  response.sendDate = false
  if (closesConnections) response.shouldKeepAlive = false
  response.writeHead(status, { Server: 'SHIP 2.0', 'Content-Type': 'text/html', 'Content-Length': body.length })
  if (fragmentAnswers) {
    response.flushHeaders()
    for (let at = 0; at < body.length; at += PIECE_BYTES) {
      if (response.destroyed) return
      response.write(body.subarray(at, at + PIECE_BYTES))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  // Only when it left is the device free for the next query.
  await new Promise<void>((resolve) => {
    response.once('close', resolve)
    if (fragmentAnswers) response.end(resolve)
    else response.end(body, resolve)
  })
}

function rawAnswer(body: Buffer, announcedBytes: number): Buffer {
  const head = `HTTP/1.1 200 OK\r\nServer: SHIP 2.0\r\nContent-Length: ${announcedBytes}\r\n\r\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), body])
}
