import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Http, SOCKET_NAME, serveHttp } from '../../src/http/serve.ts'
import type { HookGate } from '../../src/ports/alerting.ts'
import { FakeDaemon } from './fake-daemon.ts'

export type Serving = {
  readonly daemon: FakeDaemon
  readonly http: Http
  readonly directory: string
  readonly socketPath: string
  readonly url: string
  readonly faults: unknown[]
  close(): Promise<void>
}

/** Both sides of the API on real sockets, in front of a daemon that the test steers. */
export async function serving(daemon = new FakeDaemon(), hooks?: () => HookGate): Promise<Serving> {
  const directory = mkdtempSync(join(tmpdir(), 'watchdog-faces-'))
  const socketPath = join(directory, SOCKET_NAME)
  const faults: unknown[] = []
  const http = await serveHttp({
    daemon,
    socketPath,
    port: 0,
    host: '127.0.0.1',
    ...(hooks === undefined ? {} : { hooks }),
    onFault: (error) => faults.push(error),
  })
  const tcp = http.tcp()
  if (!http.socket.ok || !tcp.ok) throw new Error('the test cannot listen')
  return {
    daemon,
    http,
    directory,
    socketPath,
    faults,
    url: `http://127.0.0.1:${tcp.port}`,
    close: async () => {
      await http.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

export type Answer = {
  readonly status: number
  readonly body: unknown
  readonly headers: Record<string, string | string[] | undefined>
}

export function call(socketPath: string, method: string, path: string, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path }, (incoming) => {
      let text = ''
      incoming.setEncoding('utf8')
      incoming.on('data', (chunk) => {
        text += chunk
      })
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, body: JSON.parse(text), headers: incoming.headers }),
      )
      incoming.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** Waits until something is so; the test's own time limit is the only one. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5))
}
