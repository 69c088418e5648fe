import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { missingPeers, peer } from './find-peer.ts'

export const ADMIN = { username: 'admin', password: 'theups' }
export const SECONDARY = { username: 'upsmon', password: 'watching' }

const USERS = `
[admin]
  password = "theups"
  actions = SET
  actions = FSD
  instcmds = ALL
[primary]
  password = primary
  upsmon primary
[upsmon]
  password = watching
  upsmon secondary
`

export function upsdMissing(): string | undefined {
  const missing = missingPeers('upsd', 'dummy-ups', 'upsmon', 'upsrw')
  if (missing !== undefined) return missing
  return process.getuid?.() === 0 ? undefined : 'a real upsd was tried as root only'
}

/** A real upsd with the driver that plays a UPS, on a free port of loopback. */
export class Upsd {
  readonly directory = mkdtempSync(join(tmpdir(), 'upsd-'))
  port = 0
  certificate = ''
  #driver: ChildProcess | undefined
  #server: ChildProcess | undefined

  /** `isEncrypted`: with a certificate of its own, whose text is in `certificate`. */
  static async start(units: readonly string[] = ['ups'], { isEncrypted = false } = {}): Promise<Upsd> {
    const upsd = new Upsd()
    const { directory } = upsd
    upsd.port = await freePort()
    mkdirSync(join(directory, 'run'))
    const sections = units.map((name) => `[${name}]\n driver = dummy-ups\n port = ${name}.dev\n mode = dummy-once\n`)
    writeFileSync(join(directory, 'ups.conf'), sections.join('\n'))
    for (const name of units) writeFileSync(join(directory, `${name}.dev`), DEVICE)
    const certificates = isEncrypted ? upsd.#certify() : ''
    const lines = `LISTEN 127.0.0.1 ${upsd.port}\nMAXAGE 3\nSTATEPATH ${join(directory, 'run')}\n${certificates}`
    writeFileSync(join(directory, 'upsd.conf'), lines)
    writeFileSync(join(directory, 'upsd.users'), USERS, { mode: 0o600 })
    for (const name of units) await upsd.startDriver(name)
    await upsd.startServer()
    for (const name of units) while (!upsd.#hasDriver(name)) await sleep(50)
    return upsd
  }

  /** As upsd.conf(5) asks for: Debian's upsd is built with NSS, which keeps keys in a database. */
  #certify(): string {
    const database = join(this.directory, 'certificates')
    const noise = join(this.directory, 'noise')
    mkdirSync(database)
    writeFileSync(noise, randomBytes(64))
    const run = (...args: string[]) => {
      const ran = spawnSync(pathOf('certutil'), [...args, '-d', database], { encoding: 'utf8' })
      if (ran.status !== 0) throw new Error(`certutil ${args[0]}: ${ran.stderr}`)
      return ran.stdout
    }
    run('-N', '--empty-password')
    const subject = ['-n', 'upsd', '-s', 'CN=localhost', '--extSAN', 'dns:localhost,ip:127.0.0.1']
    run('-S', ...subject, '-x', '-t', 'CTu,u,u', '-v', '12', '-z', noise)
    this.certificate = run('-L', '-n', 'upsd', '-a')
    return `CERTPATH ${database}\nCERTIDENT "upsd" ""\nCERTREQUEST 0\nDISABLE_WEAK_SSL true\n`
  }

  async startDriver(name = 'ups'): Promise<void> {
    this.#driver = this.#spawn('dummy-ups', ['-a', name, '-D', '-u', 'root'])
    const socket = join(this.directory, 'run', `dummy-ups-${name}`)
    while (!existsSync(socket)) await sleep(20)
  }

  #hasDriver(name: string): boolean {
    const args = [`${name}@127.0.0.1:${this.port}`, 'ups.status']
    return spawnSync(pathOf('upsc'), args, { env: this.#env() }).status === 0
  }

  async startServer(): Promise<void> {
    this.#server = this.#spawn('upsd', ['-D', '-u', 'root'])
    while (!(await answers(this.port))) await sleep(20)
  }

  async stopServer(): Promise<void> {
    await stop(this.#server)
  }

  async stopDriver(): Promise<void> {
    await stop(this.#driver)
    rmSync(join(this.directory, 'run', 'dummy-ups-ups'), { force: true })
  }

  freezeDriver(frozen: boolean): void {
    this.#driver?.kill(frozen ? 'SIGSTOP' : 'SIGCONT')
  }

  /** Plays an event, such as `ups.status=OB DISCHRG`. A driver that has only started takes none for a moment. */
  async set(setting: string, name = 'ups'): Promise<void> {
    const args = ['-s', setting, '-u', ADMIN.username, '-p', ADMIN.password, `${name}@127.0.0.1:${this.port}`]
    let said = ''
    for (let tries = 0; tries < 100; tries += 1) {
      const ran = spawnSync(pathOf('upsrw'), args, { encoding: 'utf8', env: this.#env() })
      said = `${ran.stdout}${ran.stderr}`
      if (said.includes('OK')) return
      await sleep(100)
    }
    throw new Error(`${setting}: ${said}`)
  }

  /** What a person types to test a shutdown, and what the primary does when a battery is low. */
  forceShutdown(): void {
    const conf = join(this.directory, 'upsmon.conf')
    const lines = [
      `MONITOR ups@127.0.0.1:${this.port} 1 primary primary primary`,
      'MINSUPPLIES 1',
      'SHUTDOWNCMD /bin/true',
      `POWERDOWNFLAG ${join(this.directory, 'killpower')}`,
      'HOSTSYNC 1',
      'FINALDELAY 0',
    ]
    writeFileSync(conf, `${lines.join('\n')}\n`, { mode: 0o600 })
    this.#upsmon = this.#spawn('upsmon', ['-D', '-F', '-p'])
  }

  async sayForcedShutdown(): Promise<void> {
    await sleep(1_500)
    spawnSync(pathOf('upsmon'), ['-c', 'fsd', '-P', String(this.#upsmon?.pid)], { env: this.#env() })
  }

  #upsmon: ChildProcess | undefined

  async stop(): Promise<void> {
    this.freezeDriver(false)
    for (const child of [this.#upsmon, this.#server, ...this.#children]) await stop(child)
    rmSync(this.directory, { recursive: true, force: true })
  }

  readonly #children: ChildProcess[] = []

  #spawn(name: string, args: readonly string[]): ChildProcess {
    const child = spawn(pathOf(name), args, { stdio: 'ignore', env: this.#env() })
    this.#children.push(child)
    return child
  }

  #env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      NUT_CONFPATH: this.directory,
      NUT_STATEPATH: join(this.directory, 'run'),
      NUT_ALTPIDPATH: join(this.directory, 'run'),
    }
  }
}

const DEVICE = `ups.status: OL
battery.charge: 100
battery.runtime: 3600
ups.load: 25
ups.realpower.nominal: 1000
device.model: Dummy
input.voltage: 230
`

function pathOf(name: string): string {
  const found = peer(name)
  if ('missing' in found) throw new Error(found.missing)
  return found.path
}

async function stop(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGKILL')
  await ended
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
