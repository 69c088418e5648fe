import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ProbeAnswer } from '../../src/ports/probe.ts'
import { missingPeers, peer } from '../peers/find-peer.ts'

/**
 * Hosts as network namespaces on a bridge inside a namespace of the watchdog's: a real fping, real silence, and
 * nothing of it on the machine's own network.
 */
const PREFIX = `pwd${process.pid}`
const WATCHDOG = `${PREFIX}w`
const HOSTS = [1, 2, 3]
const nameOf = (host: number) => `${PREFIX}h${host}`
const four = (host: number) => `10.77.0.${host}`
const six = (host: number) => `fd77::${host}`

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })

function cannot(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  const missing = missingPeers('fping', 'ip')
  if (missing !== undefined) return missing
  try {
    ip('netns', 'add', `${PREFIX}t`)
    try {
      ip('-n', `${PREFIX}t`, 'link', 'add', 'br0', 'type', 'bridge')
      ip('-n', `${PREFIX}t`, 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1')
    } finally {
      ip('netns', 'del', `${PREFIX}t`)
    }
    return undefined
  } catch (error) {
    return `network namespaces cannot be made here (${String((error as { stderr?: string }).stderr).trim()})`
  }
}

const reason = cannot()
if (reason !== undefined) console.warn(`skipped: hosts in network namespaces: ${reason}`)

const PROGRAM = fileURLToPath(new URL('./netns-probe-program.ts', import.meta.url))

/** One round of the real probe inside the watchdog's namespace. */
async function round(
  addresses: readonly string[],
  { kind = 'icmp', settings = {}, deadlineMs = 15_000 } = {},
): Promise<Record<string, ProbeAnswer>> {
  const fping = peer('fping')
  const path = 'path' in fping ? `${dirname(fping.path)}:${process.env.PATH}` : process.env.PATH
  const child = spawn('ip', ['netns', 'exec', WATCHDOG, process.execPath, PROGRAM], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PATH: path },
  })
  child.stdin.end(JSON.stringify({ kind, addresses, settings: { timeout: '1s', ...settings }, deadlineMs }))
  let said = ''
  for await (const chunk of child.stdout) said += chunk
  return JSON.parse(said)
}

const says = (answers: Record<string, ProbeAnswer>) =>
  Object.fromEntries(Object.entries(answers).map(([address, answer]) => [address, answer.says]))

const sysctl = (name: string, value: string) =>
  execFileSync('ip', ['netns', 'exec', nameOf(1), 'sysctl', '-qw', `${name}=${value}`], { stdio: 'ignore' })

function addAddresses(host: number): void {
  ip('-n', nameOf(host), 'addr', 'add', `${four(host)}/24`, 'dev', 'eth0')
  ip('-n', nameOf(host), 'addr', 'add', `${six(host)}/64`, 'dev', 'eth0', 'nodad')
}

function build(): void {
  ip('netns', 'add', WATCHDOG)
  ip('-n', WATCHDOG, 'link', 'set', 'lo', 'up')
  ip('-n', WATCHDOG, 'link', 'add', 'br0', 'type', 'bridge')
  ip('-n', WATCHDOG, 'addr', 'add', '10.77.0.254/24', 'dev', 'br0')
  ip('-n', WATCHDOG, 'addr', 'add', 'fd77::254/64', 'dev', 'br0', 'nodad')
  ip('-n', WATCHDOG, 'link', 'set', 'br0', 'up')
  for (const host of HOSTS) {
    ip('netns', 'add', nameOf(host))
    ip('-n', WATCHDOG, 'link', 'add', `port${host}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', nameOf(host))
    ip('-n', WATCHDOG, 'link', 'set', `port${host}`, 'master', 'br0', 'up')
    ip('-n', nameOf(host), 'link', 'set', 'lo', 'up')
    ip('-n', nameOf(host), 'link', 'set', 'eth0', 'up')
    addAddresses(host)
  }
}

function remove(): void {
  for (const name of [WATCHDOG, ...HOSTS.map(nameOf)]) {
    try {
      ip('netns', 'del', name)
    } catch {
      // Not made: the set-up failed before it.
    }
  }
}

describe.skipIf(reason)('hosts in network namespaces, with the real fping', () => {
  beforeAll(build)
  afterAll(remove)

  const every = [...HOSTS.map(four), ...HOSTS.map(six)]
  const all = (answer: string) => Object.fromEntries(every.map((address) => [address, answer]))

  test('all answer, over IPv4 and IPv6', async () => {
    // The first packets after the link comes up may be spent on learning addresses.
    while (!Object.values(await round(every)).every((answer) => answer.says === 'life'));
    const answers = await round(every)
    expect(says(answers)).toEqual(all('life'))
    expect(answers[four(1)]).toMatchObject({ proves: 'kernel', detail: expect.stringMatching(/^[\d.]+ ms$/) })
  })

  test('a host that hangs with its link up falls silent, alone; healed, it answers', async () => {
    sysctl('net.ipv4.icmp_echo_ignore_all', '1')
    const hung = await round(every)
    expect(says(hung)).toEqual({ ...all('life'), [four(1)]: 'silence' })
    expect(hung[four(1)]).toMatchObject({ proves: 'none', detail: 'no answer in 1s' })
    sysctl('net.ipv4.icmp_echo_ignore_all', '0')
    expect(says(await round(every))).toEqual(all('life'))
  })

  test('a kernel that no longer answers anything, not even who has its address', async () => {
    ip('-n', nameOf(2), 'addr', 'flush', 'dev', 'eth0')
    ip('-n', WATCHDOG, 'neigh', 'flush', 'all')
    expect(says(await round(every))).toEqual({ ...all('life'), [four(2)]: 'silence', [six(2)]: 'silence' })
    const socket = await round([four(2)], { kind: 'tcp', settings: { port: 22 } })
    expect(socket[four(2)]?.says).toBe('silence')
    addAddresses(2)
    await until(async () => Object.values(await round(every)).every((answer) => answer.says === 'life'))
  })

  test('a pulled cable', async () => {
    ip('-n', nameOf(3), 'link', 'set', 'eth0', 'down')
    expect(says(await round([four(1), four(3)]))).toEqual({ [four(1)]: 'life', [four(3)]: 'silence' })
    ip('-n', nameOf(3), 'link', 'set', 'eth0', 'up')
    await until(async () => (await round([four(3)]))[four(3)]?.says === 'life')
  })

  test('our own firewall in the way: the probe is broken, not the host', async () => {
    ip('-n', WATCHDOG, 'route', 'add', 'prohibit', '10.99.0.0/24')
    const answers = await round(['10.99.0.1', four(1)])
    expect(answers['10.99.0.1']).toMatchObject({
      says: 'probe-broken',
      detail: expect.stringMatching(/could not be sent from here/),
    })
    expect(answers[four(1)]?.says).toBe('life')
  })

  test('our own network stack half down: silence counts for nothing, answers still do', async () => {
    ip('-n', WATCHDOG, 'link', 'set', 'lo', 'down')
    try {
      sysctl('net.ipv4.icmp_echo_ignore_all', '1')
      const answers = await round([four(1), four(2)])
      expect(says(answers)).toEqual({ [four(1)]: 'probe-broken', [four(2)]: 'life' })
      expect(answers[four(1)]?.detail).toMatch(/loopback/)
    } finally {
      sysctl('net.ipv4.icmp_echo_ignore_all', '0')
      ip('-n', WATCHDOG, 'link', 'set', 'lo', 'up')
    }
  })

  test('a userland that hangs: the kernel still accepts, the banner stays away', async () => {
    const server = await bannerServer(nameOf(1))
    try {
      const ask = () => round([four(1)], { kind: 'tcp', settings: { port: 22, banner: 'SSH-2.0-' } })
      expect((await ask())[four(1)]).toMatchObject({ says: 'life', proves: 'userland' })
      process.kill(server.pid as number, 'SIGSTOP')
      expect((await ask())[four(1)]).toMatchObject({ says: 'life', proves: 'kernel' })
      process.kill(server.pid as number, 'SIGCONT')
      expect((await ask())[four(1)]).toMatchObject({ says: 'life', proves: 'userland' })
    } finally {
      server.kill('SIGKILL')
      await once(server, 'exit')
    }
    const refused = await round([four(1)], { kind: 'tcp', settings: { port: 22 } })
    expect(refused[four(1)]).toMatchObject({ says: 'life', proves: 'kernel', detail: 'connection refused' })
  })
})

/** `ip netns exec` becomes the program itself, so the child's id is the server's. */
async function bannerServer(namespace: string): Promise<ChildProcess> {
  const script = `require('node:net').createServer((s) => { s.on('error', () => {}); s.write('SSH-2.0-test\\r\\n') })
    .listen(22, '0.0.0.0', () => console.log('up'))`
  const server = spawn('ip', ['netns', 'exec', namespace, process.execPath, '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(server.stdout, 'data')
  return server
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition()));
}
