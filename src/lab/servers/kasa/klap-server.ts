import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Device } from './device.ts'
import { deliver, send } from './http-answer.ts'
import { sequenceOf, sessionCookie, unusualHttp } from './http-manners.ts'
import type { KlapSessions, SessionRules } from './klap-sessions.ts'

const MOST_BODY_BYTES = 16_384

export type KlapContext = {
  readonly device: Device
  readonly sessions: KlapSessions
  /** Whether the network lets anything out now. */
  readonly answers: () => boolean
  readonly rules: () => SessionRules
}

/** The device's HTTP server; connections are handed to it by `emit('connection', socket)`. */
export function createKlapServer(context: KlapContext): Server {
  const server = createServer({ requestTimeout: 0, headersTimeout: 0 })
  server.keepAliveTimeout = 0
  server.on('clientError', (_error, socket) => socket.destroy())
  const take = (request: IncomingMessage, response: ServerResponse) => {
    request.on('error', () => {})
    response.on('error', () => {})
    exchange(context, request, response).catch((error: unknown) => {
      request.socket.destroy()
      process.emitWarning(`the lab's strip failed: ${String(error)}`)
    })
  }
  server.on('request', take)
  server.on('checkContinue', take)
  return server
}

async function exchange(context: KlapContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { device } = context
  if (!context.answers()) return
  const leave = device.enter()
  if (leave === undefined) {
    request.socket.resetAndDestroy()
    return
  }
  // A client that gives up frees the device, as does the end of the answer.
  request.socket.once('close', leave)
  try {
    const body = await readBody(request)
    if (body === undefined) {
      request.socket.destroy()
      return
    }
    if (!context.answers()) return
    await answer(context, request, response, body)
  } finally {
    request.socket.removeListener('close', leave)
    leave()
  }
}

async function answer(
  context: KlapContext,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): Promise<void> {
  const { device, sessions } = context
  const odd = unusualHttp(request)
  const cookie = sessionCookie(request)
  if (odd !== undefined || cookie === 'unclean') {
    if (odd !== undefined) device.violate('unusual-http', odd)
    else device.violate('cookie-with-attributes', 'the cookie holds more than the session')
    return send(device, response, 400, Buffer.alloc(0))
  }
  const url = new URL(request.url ?? '/', 'http://strip.invalid')
  if (url.pathname === '/app/handshake1') return firstHandshake(context, response, body)
  if (url.pathname === '/app/handshake2') {
    const stands = cookie !== 'none' && sessions.confirm(cookie.id, body)
    return send(device, response, stands ? 200 : 403, Buffer.alloc(0))
  }
  if (url.pathname !== '/app/request') return send(device, response, 404, Buffer.alloc(0))
  const sequence = sequenceOf(url)
  if (sequence === undefined) {
    device.violate('malformed-request', `no signed sequence number in ${url.search}`)
    return send(device, response, 400, Buffer.alloc(0))
  }
  return encryptedRequest(context, response, cookie === 'none' ? '' : cookie.id, sequence, body)
}

function firstHandshake(context: KlapContext, response: ServerResponse, body: Buffer): Promise<void> {
  const rules = context.rules()
  const { device } = context
  const begun = context.sessions.begin(body, rules)
  if (begun === undefined) {
    device.violate('malformed-request', `a seed of ${body.length} bytes`)
    return send(device, response, 400, Buffer.alloc(0))
  }
  response.setHeader('Set-Cookie', `TP_SESSIONID=${begun.id};TIMEOUT=${rules.timeoutSeconds}`)
  return send(device, response, 200, begun.body)
}

async function encryptedRequest(
  context: KlapContext,
  response: ServerResponse,
  id: string,
  sequence: number,
  body: Buffer,
): Promise<void> {
  const { device, sessions } = context
  const opened = sessions.open(id, sequence, body, device.faults.sessionTimeoutSeconds)
  if (!opened.ok) {
    if (opened.violation !== undefined) device.violate(opened.violation, opened.detail)
    return send(device, response, 403, Buffer.alloc(0))
  }
  const answer = await device.query(opened.text, context.rules().version)
  if (device.faults.sessionDiesAfterOneRequest) sessions.drop(id)
  if (!context.answers()) return
  return deliver(device, response, answer, opened.seal)
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of request) {
      parts.push(part as Buffer)
      bytes += (part as Buffer).length
      if (bytes > MOST_BODY_BYTES) return undefined
    }
  } catch {
    return undefined
  }
  return Buffer.concat(parts)
}
