import { type ChildProcess, spawn } from 'node:child_process'
import { connect, type Server, type Socket } from 'node:net'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { LabFault } from './lab-fault.ts'

/** Of the lab's listening sockets. Small, so that few connections fill the queue; the kernel holds one more. */
export const LISTEN_BACKLOG = 3
const MOST_FILLERS = LISTEN_BACKLOG + 4
const FILLER_WAIT_MS = 40

/**
 * A listening socket that nobody accepts from and whose queue is full: the kernel drops every further SYN, so that a
 * connect times out as it does to a dead machine, and nothing is ever refused. Needs no privilege.
 */
export type Silence = { end(): Promise<void> }

/**
 * Takes the listening socket away from `server` and silences it; resolves when it is silent. The socket is held by a
 * child that ends by itself when this process dies, however that happens: it reads a pipe that only we hold open.
 */
export async function silence(server: Server, address: string, port: number): Promise<Silence> {
  const child = await holdSocket(server)
  server.close()
  const fillers: Socket[] = []
  let full = false
  while (!full && fillers.length < MOST_FILLERS) {
    const filler = connect({ host: address, port })
    filler.on('error', () => {})
    fillers.push(filler)
    full = !(await connectsSoon(filler))
  }
  const end = async () => {
    await killChild(child)
    for (const filler of fillers) filler.destroy()
  }
  if (full) return { end }
  await end()
  throw new LabFault('cannot-hang', `the queue of ${address}:${port} does not fill, so it cannot be silenced here`)
}

async function connectsSoon(filler: Socket): Promise<boolean> {
  const waited = new AbortController()
  filler.once('connect', () => waited.abort())
  await setTimeout(FILLER_WAIT_MS, undefined, { signal: waited.signal }).catch(() => {})
  // A late timer may run before an event that is ready: one turn of the loop lets it through.
  await setImmediate()
  await setImmediate()
  return !filler.connecting
}

async function holdSocket(server: Server): Promise<ChildProcess> {
  // Node offers no public way to the descriptor of a listening socket.
  const handle = (server as unknown as { _handle?: { fd?: number } })._handle
  const fd = handle?.fd
  if (fd === undefined || fd < 0) throw new LabFault('cannot-hang', 'a listening socket without a descriptor')
  // Detached, so that Ctrl-C on the terminal does not end the silence before the lab ends it.
  const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore', fd], detached: true })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) => reject(new LabFault('cannot-hang', `cat cannot be started: ${error.message}`)))
  })
  child.stdin?.on('error', () => {})
  return child
}

async function killChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGKILL')
  await gone
}
