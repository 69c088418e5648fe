import { afterEach, beforeEach, expect } from 'vitest'
import { Secret } from '../../../config/secret.ts'
import type { Outcome } from '../../../ports/power-device.ts'
import { KasaDevice } from '../device.ts'
import { realRuntime } from '../runtime.ts'
import type { KasaSettings } from '../settings.ts'
import { ScriptedDevice } from './scripted-device.ts'

export const PASSWORD = 'sesame-open'

/** One scripted device and the clients of one test. `monoMs` is the clients' clock; they never really sleep. */
export type DeviceBench = {
  device: ScriptedDevice
  clients: KasaDevice[]
  slept: number[]
  monoMs: number
  /** Called before each pause of the client: where a test lets the world change between two tries. */
  atPause: () => void | Promise<void>
}

export const signal = () => new AbortController().signal

/** A fresh bench for each test of the file that calls this; everything is closed after it. */
export function deviceBench(): DeviceBench {
  const bench = {} as DeviceBench
  beforeEach(async () => {
    process.env.KASA_TEST_PASSWORD = PASSWORD
    Object.assign(bench, {
      device: await ScriptedDevice.start(),
      clients: [],
      slept: [],
      monoMs: 1000,
      atPause: () => {},
    })
  })
  afterEach(async () => {
    delete process.env.KASA_TEST_PASSWORD
    for (const client of bench.clients) await client.close()
    await bench.device.stop()
  })
  return bench
}

export function connect(bench: DeviceBench, more: Partial<KasaSettings> = {}): KasaDevice {
  const settings: KasaSettings = {
    address: '127.0.0.1',
    port: bench.device.httpPort,
    legacyPort: bench.device.legacyPort,
    username: 'user@example.com',
    password: new Secret({ env: 'KASA_TEST_PASSWORD' }),
    timeout: 5000,
    transport: 'auto',
    ...more,
  }
  const client = new KasaDevice('strip', settings, {
    ...realRuntime,
    monoMs: () => bench.monoMs,
    sleep: async (ms) => {
      bench.slept.push(ms)
      await bench.atPause()
    },
  })
  bench.clients.push(client)
  return client
}

/** The error of an outcome that must be one; no secret may be in its sentence. */
export function failure<T>(outcome: Outcome<T>) {
  if (outcome.ok) throw new TypeError('a failure was expected')
  expect(outcome.error.sentence).not.toContain(PASSWORD)
  expect(outcome.error.sentence).not.toContain('user@example.com')
  return outcome.error
}

export const relayMessages = ({ device }: DeviceBench) =>
  device.asked.filter((message) => JSON.stringify(message).includes('set_relay_state')) as { context?: object }[]

/** The one thing that must never happen: a strip told to switch without saying which outlet. */
export const withoutContext = (bench: DeviceBench) =>
  relayMessages(bench).filter(({ context }) => context === undefined)
