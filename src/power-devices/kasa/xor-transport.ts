import { connect } from 'node:net'
import { formatDuration } from '../../config/values.ts'
import { type Cause, type Exchanged, socketFailure, type Transport } from './exchange.ts'
import type { Endpoint } from './klap-http.ts'
import { readFrame, xorFrame } from './xor-cipher.ts'

/** `get_sysinfo` of a strip with six outlets is about 2 KiB. */
const MAX_REPLY_BYTES = 256 * 1024

/** The legacy protocol: one obfuscated message each way over a TCP connection that is opened for it. */
export class XorTransport implements Transport {
  readonly kind = 'legacy'
  readonly #endpoint: Endpoint

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint
  }

  forget(): void {}

  exchange(question: string, signal: AbortSignal): Promise<Exchanged> {
    if (signal.aborted) {
      return Promise.resolve({ ok: false, cause: 'aborted', what: 'given up', sent: false, stage: 'connect' })
    }
    const { address, port, timeoutMs } = this.#endpoint
    const { promise, resolve } = Promise.withResolvers<Exchanged>()
    const socket = connect({ host: address, port })
    let received: Buffer = Buffer.alloc(0)
    let sent = false
    const settle = (result: Exchanged) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      socket.destroy()
      resolve(result)
    }
    const fail = (cause: Cause, what: string) => {
      settle({ ok: false, cause, what, sent, stage: sent ? 'request' : 'connect' })
    }
    const onAbort = () => fail('aborted', 'given up')
    const timer = setTimeout(() => {
      const what = sent ? 'no complete answer' : 'no connection'
      fail('timeout', `${what} on port ${port} within ${formatDuration(timeoutMs)}`)
    }, timeoutMs)
    signal.addEventListener('abort', onAbort, { once: true })
    socket.on('connect', () => {
      sent = true
      socket.write(xorFrame(question))
    })
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      const frame = readFrame(received, MAX_REPLY_BYTES)
      if (frame.kind === 'oversized') fail('garbage', `port ${port} announces an answer of ${frame.announced} bytes`)
      if (frame.kind === 'complete') settle({ ok: true, text: frame.text, via: 'legacy-xor' })
    })
    socket.on('error', (error) => {
      const { cause, what } = socketFailure(error, port)
      fail(cause, what)
    })
    socket.on('close', () => fail('disconnected', `the connection to port ${port} broke off before the answer`))
    return promise
  }
}
