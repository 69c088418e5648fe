import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'

export type ListenFailureCode =
  | 'port-in-use'
  | 'port-forbidden'
  | 'no-such-address'
  | 'socket-path-too-long'
  | 'socket-in-use'
  | 'socket-not-ours'
  | 'socket-failed'
  | 'listen-failed'

export type Listening =
  | { readonly ok: true; readonly server: Server }
  | { readonly ok: false; readonly code: ListenFailureCode; readonly sentence: string }

const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
const KEEP_ALIVE_MS = 10_000
/** Far more than scrapers and people need, and few enough that a flood leaves the loop its file descriptors. */
const MAX_CONNECTIONS = 512
const CLOSE_GRACE_MS = 1_000
const SWEEP_MS = 20

/** Takes a request and answers true, or leaves it to the app and answers false. */
export type RawHandler = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean

export function serverOf(app: Hono, first: RawHandler = () => false): Server {
  const before = (_: unknown, rest: RequestListener): Server =>
    createServer((incoming, outgoing) => {
      if (!first(incoming, outgoing)) rest(incoming, outgoing)
    })
  const server = createAdaptorServer({ fetch: app.fetch, createServer: before as typeof createServer }) as Server
  server.headersTimeout = HEADERS_TIMEOUT_MS
  server.requestTimeout = REQUEST_TIMEOUT_MS
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.maxConnections = MAX_CONNECTIONS
  return server
}

/** Resolves when it listens, or with the error that kept it from that. Later errors of the server end nothing. */
export function listening(
  server: Server,
  listen: (server: Server) => void,
): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    server.on('error', resolve)
    server.once('listening', () => resolve(undefined))
    listen(server)
  })
}

/** Takes no new connections, lets answers under way end, and after a second cuts what is left. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS)
    // A kept-alive connection becomes idle when its answer ends, which may be after the first sweep.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
    server.close(() => {
      clearTimeout(cut)
      clearInterval(sweep)
      resolve()
    })
    server.closeIdleConnections()
  })
}
