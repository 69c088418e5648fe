import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { isMainThread } from 'node:worker_threads'
import type { Hono } from 'hono'
import { type ListenFailureCode, type Listening, listening, serverOf } from './listen.ts'

/** What fits into `sun_path` of unix(7) with its closing zero. */
export const MAX_SOCKET_PATH_BYTES = 107
const SOCKET_MODE = 0o660
const KNOCK_MS = 1_000

/**
 * Serves on a Unix socket with mode 0660. A socket file that nobody answers on was left by a process that died and is
 * replaced; anything else at the path stays, and is told.
 */
export async function listenSocket(app: Hono, path: string): Promise<Listening> {
  const bytes = Buffer.byteLength(path)
  if (bytes > MAX_SOCKET_PATH_BYTES) {
    return no(
      'socket-path-too-long',
      `The path of the control socket is ${bytes} bytes long and a socket takes ${MAX_SOCKET_PATH_BYTES}: ` +
        `choose a shorter state directory than ${path.replace(/\/[^/]*$/, '')}.`,
    )
  }
  const inTheWay = await clear(path)
  if (inTheWay !== undefined) return inTheWay
  const server = serverOf(app)
  const error = await listening(server, () => bind(server, path))
  if (error !== undefined) return failed(path, error)
  try {
    chmodSync(path, SOCKET_MODE)
  } catch (cause) {
    server.close()
    return failed(path, cause as NodeJS.ErrnoException)
  }
  return { ok: true, server }
}

/** The file is made within `listen`, so the mask keeps it closed to others even for the moment before `chmod`. */
function bind(server: Server, path: string): void {
  if (!isMainThread) {
    // The mask belongs to the process and cannot be set from a worker.
    server.listen(path)
    return
  }
  const mask = process.umask(0o117)
  try {
    server.listen(path)
  } finally {
    process.umask(mask)
  }
}

async function clear(path: string): Promise<Listening | undefined> {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  if (!stat.isSocket()) {
    return no(
      'socket-not-ours',
      `${path} exists and is not a socket: move it away, it is where the control socket goes.`,
    )
  }
  const knock = await knockOn(path)
  if (knock === 'ENOENT') return undefined
  if (knock !== 'ECONNREFUSED') {
    const why = knock === undefined ? 'another process answers on it' : `what is behind it cannot be told (${knock})`
    return no('socket-in-use', `The control socket ${path} is taken: ${why}. One watchdog serves one state directory.`)
  }
  try {
    unlinkSync(path)
  } catch (error) {
    return failed(path, error as NodeJS.ErrnoException)
  }
  return undefined
}

/** The error of a connection attempt; undefined where somebody took it. Silence counts as somebody. */
function knockOn(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const done = (code: string | undefined) => {
      socket.destroy()
      resolve(code)
    }
    socket.setTimeout(KNOCK_MS, () => done(undefined))
    socket.once('connect', () => done(undefined))
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? 'UNKNOWN'))
  })
}

function failed(path: string, error: NodeJS.ErrnoException): Listening {
  if (error.code === 'EADDRINUSE') {
    return no('socket-in-use', `The control socket ${path} is taken: another process has just made it.`)
  }
  return no('socket-failed', `The control socket ${path} cannot be made (${error.code ?? error.message}).`)
}

function no(code: ListenFailureCode, sentence: string): Listening {
  return { ok: false, code, sentence }
}
