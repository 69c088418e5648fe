import type { Hono } from 'hono'
import { type Listening, listening, type RawHandler, serverOf } from './listen.ts'

/** Serves on a TCP port; without `host` on every address, IPv6 and IPv4. `first` sees each request before the app. */
export async function listenTcp(app: Hono, port: number, host?: string, first?: RawHandler): Promise<Listening> {
  const server = serverOf(app, first)
  const error = await listening(server, () => server.listen({ port, host, exclusive: true }))
  if (error === undefined) return { ok: true, server }
  switch (error.code) {
    case 'EADDRINUSE':
      return {
        ok: false,
        code: 'port-in-use',
        sentence: `Port ${port} is in use by another program: stop that, or set METRICS_PORT (http.port) to a free one.`,
      }
    case 'EACCES':
      return {
        ok: false,
        code: 'port-forbidden',
        sentence: `Port ${port} may not be opened by this user: set METRICS_PORT (http.port) to one above 1023.`,
      }
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { ok: false, code: 'no-such-address', sentence: `${host} is no address of this machine.` }
    default:
      return {
        ok: false,
        code: 'listen-failed',
        sentence: `Port ${port} cannot be listened on (${error.code ?? error.message}).`,
      }
  }
}
