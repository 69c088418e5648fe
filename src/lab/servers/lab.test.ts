import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { connect as tlsConnect } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import { claimNetwork, FREE_PORTS } from '../testing/network.ts'
import { homeLab } from '../world/index.ts'
import { LAB_CERTIFICATE, type Lab, type LabHostState, type LabOptions, SSH_BANNER, startLab } from './index.ts'

const NETWORK = await claimNetwork()
const WAIT_MS = 400

const cleanup: (() => unknown)[] = []
afterEach(async () => {
  for (const one of cleanup.splice(0).reverse()) await one()
})

async function start(options: Partial<LabOptions> = {}): Promise<Lab> {
  const lab = await startLab({ spec: homeLab(), network: NETWORK, ports: FREE_PORTS, ...options })
  cleanup.push(() => lab.stop())
  return lab
}

const hostOf = (lab: Lab, name = 'pve1') => lab.state().hosts.find((host) => host.name === name)!

/** What a banner or HTTPS probe hears: the text, `accepted`, `refused` or `silent`. */
async function ask(kind: 'banner' | 'https', host: LabHostState): Promise<string> {
  const port = kind === 'banner' ? host.bannerPort : host.httpsPort
  const plain = connect({ host: host.address, port })
  const socket =
    kind === 'banner' ? plain : tlsConnect({ socket: plain, ca: LAB_CERTIFICATE, servername: 'pve-lab.invalid' })
  cleanup.push(() => plain.destroy())
  let heard = 'silent'
  const over = new AbortController()
  plain.on('connect', () => {
    heard = 'accepted'
  })
  if (kind === 'https') socket.on('secureConnect', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'))
  socket.on('data', (data) => {
    heard = data.toString()
    over.abort()
  })
  for (const one of [plain, socket]) {
    one.on('error', (error: NodeJS.ErrnoException) => {
      heard = error.code === 'ECONNREFUSED' ? 'refused' : String(error.code)
      over.abort()
    })
  }
  await setTimeout(WAIT_MS, undefined, { signal: over.signal }).catch(() => {})
  socket.destroy()
  return heard
}

test('hosts answer as Proxmox hosts do, with a certificate that can be trusted', async () => {
  const lab = await start()
  expect(await ask('https', hostOf(lab))).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*pve1 - Proxmox Virtual Environment/)
  expect(await ask('banner', hostOf(lab))).toBe(SSH_BANNER)
  expect(hostOf(lab).address).toBe(`${NETWORK}.105`)
  expect(lab.state().strips[0]!.address).toBe(`${NETWORK}.205`)
  expect(hostOf(lab, 'nas').address).toBe(`${NETWORK}.10`)
})

test('a hung host is silent on every port while the others answer; healed, it answers', async () => {
  const lab = await start()
  expect(await lab.act({ kind: 'hang', host: 'pve1' })).toMatchObject({ ok: true })
  const heard = await Promise.all([
    ask('https', hostOf(lab)),
    ask('banner', hostOf(lab)),
    ask('banner', hostOf(lab)),
    ask('banner', hostOf(lab, 'pve2')),
    ask('https', hostOf(lab, 'pve3')),
  ])
  expect(heard.slice(0, 3)).toEqual(['silent', 'silent', 'silent'])
  expect(heard[3]).toBe(SSH_BANNER)
  expect(heard[4]).toMatch(/^HTTP/)
  await lab.act({ kind: 'heal', host: 'pve1' })
  expect(await ask('banner', hostOf(lab))).toBe(SSH_BANNER)
})

test('a wedged host accepts and says nothing', async () => {
  const lab = await start()
  await lab.act({ kind: 'wedge', host: 'pve1' })
  expect(await ask('banner', hostOf(lab))).toBe('accepted')
  expect(await ask('https', hostOf(lab))).toBe('accepted')
})

test('a keep-alive connection to a host that hangs is not answered any more', async () => {
  const lab = await start()
  const host = hostOf(lab)
  const socket = tlsConnect({ host: host.address, port: host.httpsPort, rejectUnauthorized: false })
  cleanup.push(() => socket.destroy())
  let heard = ''
  socket.on('data', (data) => {
    heard += data
  })
  socket.on('error', () => {})
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await expect.poll(() => heard).toContain('pve1')
  await lab.act({ kind: 'hang', host: 'pve1' })
  heard = ''
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await setTimeout(200)
  expect(heard).toBe('')
  expect(socket.closed).toBe(false)
})

test('cut network, isolation and a failed gateway are silent in the same way', async () => {
  const lab = await start()
  const gateway = () => {
    const { address, port } = lab.state().gateway
    return ask('banner', { ...hostOf(lab), address, bannerPort: port })
  }
  expect(await gateway()).toBe('accepted')
  await lab.act({ kind: 'gateway-down' })
  await lab.act({ kind: 'cut-net', host: 'pve2' })
  expect(await Promise.all([gateway(), ask('banner', hostOf(lab, 'pve2'))])).toEqual(['silent', 'silent'])
  expect(await ask('banner', hostOf(lab))).toBe(SSH_BANNER)
  await lab.act({ kind: 'gateway-up' })
  expect(await gateway()).toBe('accepted')
  await lab.act({ kind: 'isolate-watcher' })
  expect(await Promise.all([gateway(), ask('banner', hostOf(lab)), ask('https', hostOf(lab, 'pve3'))])).toEqual([
    'silent',
    'silent',
    'silent',
  ])
  await lab.act({ kind: 'rejoin-watcher' })
  expect(await ask('banner', hostOf(lab, 'pve3'))).toBe(SSH_BANNER)
  expect(await ask('banner', hostOf(lab, 'pve2'))).toBe('silent')
})

test('time is scaled: a host boots in the time of the lab', async () => {
  const lab = await start({ timeScale: 500 })
  await lab.act({ kind: 'person-switches', strip: 'strip', outlet: 0, on: false })
  expect(await ask('banner', hostOf(lab))).toBe('silent')
  await lab.act({ kind: 'person-switches', strip: 'strip', outlet: 0, on: true })
  expect(hostOf(lab).state).toBe('booting')
  expect(await lab.until((state) => state.hosts[0]!.state === 'up', 5000)).toBe(true)
  await lab.settled()
  expect(await ask('banner', hostOf(lab))).toBe(SSH_BANNER)
  expect(lab.state().cuts).toMatchObject([{ host: 'pve1', by: 'person', byOutlet: 'strip/0', hostWas: 'up' }])
})

test('what cannot be done is said; until gives up in time', async () => {
  const lab = await start()
  expect(await lab.act({ kind: 'hang', host: 'pve9' })).toMatchObject({ ok: false, code: 'no-such-host' })
  expect(await lab.until(() => false, 20)).toBe(false)
  const waiting = lab.until(() => false, 60_000)
  await lab.stop()
  expect(await waiting).toBe(false)
  expect(() => lab.strip('other')).toThrow(RangeError)
})

test('bad options and ports in use are told, with everything closed again', async () => {
  await expect(start({ network: '192.168.1' })).rejects.toMatchObject({ code: 'bad-options' })
  await expect(start({ timeScale: 0 })).rejects.toMatchObject({ code: 'bad-options' })
  await expect(start({ addresses: { pve1: '10.0.0.1' } })).rejects.toMatchObject({ code: 'bad-options' })
  const lab = await start()
  const { klap } = lab.strip('strip').ports
  await expect(start({ ports: { ...FREE_PORTS, klap } })).rejects.toMatchObject({ code: 'address-in-use' })
})

test('a strip that cannot start takes down what had started', async () => {
  const spec = homeLab()
  const strips = [...spec.strips, { name: 'second', deviceId: 'B'.repeat(40) }]
  const network = await claimNetwork()
  const before = readdirSync('/proc/self/fd').length
  const first = await start({ network })
  const { klap } = first.strip('strip').ports
  const addresses = { second: `${network}.205` }
  const ports = { ...FREE_PORTS, klap }
  await expect(start({ spec: { ...spec, strips }, addresses, ports })).rejects.toMatchObject({ code: 'address-in-use' })
  await first.stop()
  await expect.poll(() => readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before)
})

test('stop leaves nothing behind: no socket, no child, and the same ports can be taken again', async () => {
  const before = readdirSync('/proc/self/fd').length
  const lab = await start({ timeScale: 100 })
  await lab.act({ kind: 'hang', host: 'pve1' })
  await lab.act({ kind: 'isolate-watcher' })
  const { hosts } = lab.state()
  await lab.stop()
  await lab.stop()
  await expect.poll(() => readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before)
  expect(await ask('banner', hosts[0]!)).toBe('refused')
  const ports = { ...FREE_PORTS, https: hosts[0]!.httpsPort, banner: hosts[0]!.bannerPort }
  const again = await start({ ports })
  expect(await ask('banner', hostOf(again))).toBe(SSH_BANNER)
})
