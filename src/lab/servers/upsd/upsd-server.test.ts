import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { claimNetwork, FREE_PORTS } from '../../testing/network.ts'
import { homeLabWithUps } from '../../world/index.ts'
import { LAB_UPSD_USER, type Lab, startLab } from '../index.ts'

const NETWORK = await claimNetwork()
let lab: Lab | undefined
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await lab?.stop()
})

/** Says lines and reads lines, as anybody with netcat would. */
class Client {
  readonly #socket: Socket
  readonly #lines: string[] = []
  #text = ''
  #wake: () => void = () => {}
  closed = false

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      this.#text += text
      const parts = this.#text.split('\n')
      this.#text = parts.pop() ?? ''
      this.#lines.push(...parts)
      this.#wake()
    })
    socket.on('close', () => {
      this.closed = true
      this.#wake()
    })
    socket.on('error', () => {})
  }

  async line(): Promise<string> {
    while (this.#lines.length === 0 && !this.closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#lines.shift() ?? 'closed'
  }

  async ask(line: string): Promise<string> {
    this.#socket.write(`${line}\n`)
    return this.line()
  }

  async list(line: string): Promise<string[]> {
    const rows = [await this.ask(line)]
    while (rows[0]?.startsWith('BEGIN') && !rows.at(-1)?.startsWith('END')) rows.push(await this.line())
    return rows
  }
}

async function begin(): Promise<Client> {
  lab = await startLab({ spec: homeLabWithUps(), network: NETWORK, ports: FREE_PORTS })
  return client()
}

async function client(): Promise<Client> {
  const upsd = lab?.state().upsd
  if (upsd === undefined) throw new Error('the lab has no upsd')
  const socket = connect({ host: upsd.address, port: upsd.port })
  sockets.push(socket)
  await new Promise((resolve) => socket.once('connect', resolve))
  return new Client(socket)
}

async function known(): Promise<Client> {
  const one = await client()
  await one.ask(`USERNAME ${LAB_UPSD_USER.username}`)
  await one.ask(`PASSWORD ${LAB_UPSD_USER.password}`)
  return one
}

test('it lists its UPS, and what that tells', async () => {
  const upsd = await begin()
  expect(await upsd.list('LIST UPS')).toEqual(['BEGIN LIST UPS', 'UPS ups "The UPS of the lab"', 'END LIST UPS'])
  expect(await upsd.ask('GET VAR ups ups.status')).toBe('VAR ups ups.status "OL"')
  const rows = await upsd.list('LIST VAR ups')
  expect(rows[0]).toBe('BEGIN LIST VAR ups')
  expect(rows).toContain('VAR ups battery.charge "100"')
  expect(rows).toContain('VAR ups ups.realpower "330"')
  expect(rows.at(-1)).toBe('END LIST VAR ups')
  await lab?.act({ kind: 'mains-off' })
  expect(await upsd.ask('GET VAR "ups" ups.status')).toBe('VAR ups ups.status "OB DISCHRG"')
})

test.each([
  ['GET VAR attic ups.status', 'ERR UNKNOWN-UPS'],
  ['GET VAR ups ups.colour', 'ERR VAR-NOT-SUPPORTED'],
  ['LOGIN ups', 'ERR USERNAME-REQUIRED'],
  ['STARTTLS', 'ERR FEATURE-NOT-CONFIGURED'],
  ['DANCE', 'ERR UNKNOWN-COMMAND'],
  ['USERNAME', 'ERR INVALID-ARGUMENT'],
  ['GET VAR "ups', 'ERR UNKNOWN-COMMAND'],
  ['SET VAR ups battery.charge.low "10"', 'ERR READONLY'],
])('%s is answered %s', async (line, answer) => {
  const upsd = await begin()
  expect(await upsd.ask(line)).toBe(answer)
})

test('a wrong password is believed until it is needed', async () => {
  const upsd = await begin()
  expect(await upsd.ask('USERNAME lab')).toBe('OK')
  expect(await upsd.ask('PASSWORD wrong')).toBe('OK')
  expect(await upsd.ask('PASSWORD again')).toBe('ERR ALREADY-SET-PASSWORD')
  expect(await upsd.ask('LOGIN ups')).toBe('ERR ACCESS-DENIED')
  expect(await upsd.ask('FSD ups')).toBe('ERR ACCESS-DENIED')
  expect(await upsd.ask('GET NUMLOGINS ups')).toBe('NUMLOGINS ups 0')
})

test('it counts who is logged in, until they go', async () => {
  const watcher = await begin()
  const one = await known()
  expect(await one.ask('LOGIN ups')).toBe('OK')
  expect(await one.ask('LOGIN ups')).toBe('ERR ALREADY-LOGGED-IN')
  expect(await watcher.ask('GET NUMLOGINS ups')).toBe('NUMLOGINS ups 1')
  expect(await watcher.list('LIST CLIENT ups')).toContain('CLIENT ups 127.0.0.1')
  expect(await one.ask('LOGOUT')).toBe('OK Goodbye')
  expect(await one.line()).toBe('closed')
  while ((await watcher.ask('GET NUMLOGINS ups')) !== 'NUMLOGINS ups 0') {}
})

test('commands are carried out and followed, and a forced shutdown is a flag', async () => {
  const watcher = await begin()
  const one = await known()
  expect(await one.list('LIST CMD ups')).toContain('CMD ups test.battery.start.quick')
  expect(await one.ask('INSTCMD ups dance')).toBe('ERR CMD-NOT-SUPPORTED')
  expect(await one.ask('SET TRACKING ON')).toBe('OK')
  expect(await one.ask('INSTCMD ups test.battery.start.quick')).toBe('OK TRACKING lab-1')
  expect(await one.ask('GET TRACKING lab-1')).toBe('SUCCESS')
  expect(await watcher.ask('GET VAR ups ups.test.result')).toMatch(/In progress|Done and passed/)
  expect(await one.ask('PRIMARY ups')).toBe('OK PRIMARY-GRANTED')
  expect(await one.ask('FSD ups')).toBe('OK FSD-SET')
  expect(await watcher.ask('GET VAR ups ups.status')).toBe('VAR ups ups.status "FSD OL"')
})

test('its faults are those of a real one', async () => {
  const upsd = await begin()
  await lab?.act({ kind: 'ups-stale', ups: 'ups' })
  expect(await upsd.ask('GET VAR ups ups.status')).toBe('ERR DATA-STALE')
  await lab?.act({ kind: 'ups-driver-gone', ups: 'ups' })
  expect(await upsd.list('LIST VAR ups')).toEqual(['ERR DRIVER-NOT-CONNECTED'])
  await lab?.act({ kind: 'ups-heard', ups: 'ups' })
  expect(await upsd.ask('GET VAR ups ups.status')).toBe('VAR ups ups.status "OL"')
})

test('a line without an end is not waited for for ever', async () => {
  const upsd = await begin()
  expect(await upsd.ask(`X${'x'.repeat(2_000)}`.replaceAll('\n', ''))).toMatch(/ERR UNKNOWN-COMMAND|closed/)
})
