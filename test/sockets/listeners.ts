import { type ChildProcess, spawn } from 'node:child_process'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { KeyPair } from './certificate.ts'

/** A listener on loopback for one test. `close` also ends what is still connected. */
export type Listener = { readonly port: number; close(): Promise<void> }

/** Accepts, and does with each connection as told. */
export async function listener(act: (socket: Socket) => void, host = '127.0.0.1'): Promise<Listener> {
  return started(createServer(keeping(act)), host)
}

/** The same behind TLS. */
export async function tlsListener(act: (socket: Socket) => void, key: KeyPair): Promise<Listener> {
  return started(createTlsServer({ key: key.key, cert: key.cert }, act), '127.0.0.1')
}

function keeping(act: (socket: Socket) => void) {
  return (socket: Socket) => {
    socket.on('error', () => {})
    act(socket)
  }
}

function started(server: ReturnType<typeof createServer>, host: string): Promise<Listener> {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => {})
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  })
  server.on('tlsClientError', () => {})
  server.on('secureConnection', (socket: Socket) => socket.on('error', () => {}))
  return new Promise((resolve) => {
    server.listen(0, host, () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((done) => {
            for (const socket of open) socket.destroy()
            server.close(() => done())
          }),
      }),
    )
  })
}

/** A port of loopback where nobody listens. */
export async function closedPort(): Promise<number> {
  const { port, close } = await listener(() => {})
  await close()
  return port
}

/**
 * A port whose connections are never answered, as those of a host that vanished: a listening socket with a full queue,
 * kept by a program that never accepts. Needs no privileges.
 */
export async function blackhole(): Promise<Listener> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, resolve))
  const { port } = server.address() as AddressInfo
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle
  const holder: ChildProcess = spawn('cat', [], { stdio: ['pipe', 'ignore', 'ignore', fd] })
  await new Promise((resolve) => holder.once('spawn', resolve))
  await new Promise((resolve) => server.close(resolve))
  const fillers: Socket[] = []
  // The queue of a backlog of 1 takes two; the third's own handshake stays unanswered, which is what is wanted.
  for (let i = 0; i < 3; i += 1) {
    const filler = connect({ port, host: '127.0.0.1' })
    filler.on('error', () => {})
    fillers.push(filler)
    if (i < 2) await new Promise((resolve) => filler.once('connect', resolve))
  }
  return {
    port,
    close: () =>
      new Promise((done) => {
        for (const filler of fillers) filler.destroy()
        holder.once('exit', () => done())
        holder.kill('SIGKILL')
      }),
  }
}
