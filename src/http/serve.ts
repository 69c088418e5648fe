import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HookGate } from '../ports/alerting.ts'
import type { Daemon } from '../ports/daemon.ts'
import { EventStreams } from './event-stream.ts'
import { serveHooks } from './hooks/serve-hooks.ts'
import { closeServer, type ListenFailureCode } from './listen.ts'
import { listenSocket } from './listen-socket.ts'
import { listenTcp } from './listen-tcp.ts'
import { createMetrics } from './metrics/metrics.ts'
import { socketApp } from './socket-app.ts'
import { tcpApp } from './tcp-app.ts'

export { SOCKET_NAME } from '../api/socket-name.ts'

export type HttpOptions = {
  readonly daemon: Daemon
  readonly socketPath: string
  /** Of the read-only side; 0 for any free one. */
  readonly port: number
  /** An address of this machine; every address without it. */
  readonly host?: string
  /** Who may hand alerts and heartbeats in, on the TCP side; asked at each call. Without it nobody may. */
  readonly hooks?: () => HookGate
  /** Told of each mistake of ours that became a 500. */
  readonly onFault?: (error: unknown) => void
}

export type Side<Value> =
  | ({ readonly ok: true } & Value)
  | { readonly ok: false; readonly code: ListenFailureCode; readonly sentence: string }

export type Http = {
  /** Each side stands on its own: a port in use must not keep the watchdog from watching, nor from being ordered. */
  readonly socket: Side<{ readonly path: string }>
  tcp(): Side<{ readonly port: number }>
  /** Tries the port again if it is not served yet; answers what `tcp` answers from then on. */
  retryTcp(): Promise<Side<{ readonly port: number }>>
  /** Graceful: event streams end, answers under way are finished, the socket's file is removed. */
  close(): Promise<void>
}

const CLOSED: HookGate = { maxBodyBytes: 0 }

export async function serveHttp(options: HttpOptions): Promise<Http> {
  const { daemon, socketPath, port, host, onFault } = options
  const metrics = createMetrics(daemon)
  const streams = new EventStreams(daemon)
  const readOnly = tcpApp({ daemon, metrics, onFault })
  const hooks = serveHooks({ daemon, gate: options.hooks ?? (() => CLOSED), onFault })
  const servers: Server[] = []
  let closed = false

  const tryTcp = async (): Promise<Side<{ readonly port: number }>> => {
    const tcp = await listenTcp(readOnly, port, host, hooks)
    if (!tcp.ok) return tcp
    servers.push(tcp.server)
    if (closed) await closeServer(tcp.server)
    return { ok: true, port: (tcp.server.address() as AddressInfo | null)?.port ?? port }
  }
  const control = await listenSocket(socketApp({ daemon, metrics, streams, onFault }), socketPath)
  if (control.ok) servers.push(control.server)
  let tcp = await tryTcp()
  return {
    socket: control.ok ? { ok: true, path: socketPath } : control,
    tcp: () => tcp,
    retryTcp: async () => {
      if (!tcp.ok && !closed) tcp = await tryTcp()
      return tcp
    },
    close: async () => {
      closed = true
      streams.close()
      await Promise.all(servers.map(closeServer))
      metrics.close()
    },
  }
}
