import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { claimNetwork } from '../testing/network.ts'
import { Listener } from './listener.ts'

const ADDRESS = `${await claimNetwork()}.10`
const open: { stop(): Promise<void> }[] = []
const sockets: Socket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const one of open.splice(0)) await one.stop()
  expect(children()).toEqual([])
})

/** Pids of the children of this process. */
function children(): number[] {
  const mine: number[] = []
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (Number(parent) === process.pid && state !== 'Z' && stat.includes('(cat)')) mine.push(Number(pid))
    } catch {}
  }
  return mine
}

async function start(): Promise<Listener> {
  const listener = await Listener.open(ADDRESS, 0, (socket) => socket.write('hello'))
  open.push(listener)
  return listener
}

/** `hello`, `accepted`, `refused`, or `silent` where nothing is heard within `waitMs`. */
async function ask(port: number, waitMs = 300): Promise<string> {
  const socket = connect({ host: ADDRESS, port })
  sockets.push(socket)
  let heard = 'silent'
  const over = new AbortController()
  socket.on('connect', () => {
    heard = 'accepted'
  })
  socket.on('data', (data) => {
    heard = data.toString()
    over.abort()
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    heard = error.code === 'ECONNREFUSED' ? 'refused' : String(error.code)
    over.abort()
  })
  await setTimeout(waitMs, undefined, { signal: over.signal }).catch(() => {})
  socket.destroy()
  return heard
}

test('it answers, accepts, falls silent and closes, in any order', async () => {
  const listener = await start()
  const { port } = listener
  expect(await ask(port)).toBe('hello')
  for (const [mode, heard] of [
    ['silent', 'silent'],
    ['accepting', 'accepted'],
    ['silent', 'silent'],
    ['closed', 'refused'],
    ['silent', 'silent'],
    ['answering', 'hello'],
    ['accepting', 'accepted'],
    ['closed', 'refused'],
    ['answering', 'hello'],
  ] as const) {
    await listener.set(mode)
    expect(await ask(port), mode).toBe(heard)
  }
  expect(listener.port).toBe(port)
})

test('silence holds for many connects at once', async () => {
  const listener = await start()
  await listener.set('silent')
  const heard = await Promise.all(Array.from({ length: 12 }, () => ask(listener.port, 1500)))
  expect(new Set(heard)).toEqual(new Set(['silent']))
})

test('an established connection hangs while it is silent, and is reset when it is back', async () => {
  const listener = await start()
  const socket = connect({ host: ADDRESS, port: listener.port })
  sockets.push(socket)
  await once(socket, 'data')
  const events: string[] = []
  socket.on('close', () => events.push('close'))
  socket.on('error', (error: NodeJS.ErrnoException) => events.push(String(error.code)))
  await listener.set('silent')
  socket.write('are you there?')
  await setTimeout(100)
  expect(events).toEqual([])
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await listener.set('answering')
  await closed
  expect(events[0]).toBe('ECONNRESET')
})

test('changes that overtake each other end in the last one wanted', async () => {
  const listener = await start()
  void listener.set('silent')
  void listener.set('answering')
  void listener.set('closed')
  await listener.set('silent')
  expect(await ask(listener.port)).toBe('silent')
  expect(children()).toHaveLength(1)
})

test('an address in use is told as such', async () => {
  const other = createServer().listen(0, ADDRESS)
  await once(other, 'listening')
  open.push({ stop: () => new Promise((resolve) => other.close(() => resolve())) })
  const { port } = other.address() as { port: number }
  await expect(Listener.open(ADDRESS, port, () => {})).rejects.toMatchObject({ code: 'address-in-use' })
})

test('a lab that is killed leaves no child and no port behind', async () => {
  const script = `
    const { Listener } = await import(${JSON.stringify(new URL('./listener.ts', import.meta.url).href)})
    const listener = await Listener.open('${ADDRESS}', 0, () => {})
    await listener.set('silent')
    process.stdout.write(String(listener.port) + '\\n')
    setInterval(() => {}, 1000)`
  const child = execFile(process.execPath, ['--input-type=module', '-e', script])
  const [line] = await once(child.stdout!, 'data')
  const port = Number(line)
  expect(await ask(port)).toBe('silent')
  child.kill('SIGKILL')
  await once(child, 'exit')
  let heard = ''
  for (let i = 0; i < 50 && heard !== 'refused'; i += 1) heard = await ask(port, 100)
  expect(heard).toBe('refused')
})
