import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest'
import {
  GARBAGE,
  LAB_CREDENTIALS,
  type Lab,
  type LabOptions,
  type Mishap,
  SETUP_CREDENTIALS,
  startLab,
  type Transport,
} from '../../src/lab/servers/index.ts'
import { claimNetwork, FREE_PORTS } from '../../src/lab/testing/network.ts'
import type { Outcome, OutletReading, PowerDevice } from '../../src/ports/power-device.ts'
import { kasaDriver } from '../../src/power-devices/kasa/driver.ts'
import { PATIENCE_MS, SLOWEST_MS } from './site/daemon-process.ts'
import { smallLab } from './site/lab-site.ts'
import { until } from './site/until.ts'

/** The real driver against the strict emulator: what it answers, and what the relays have really done. */
const TRANSPORTS: readonly Transport[] = ['klap-v2', 'klap-v1', 'legacy-xor']
const TIMEOUT = '400ms'

let folder: string
let passwordFile: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kasa-strip-'))
  passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, LAB_CREDENTIALS.password)
})
afterAll(() => rmSync(folder, { recursive: true }))

type Bench = { readonly lab: Lab; readonly device: PowerDevice; readonly strip: ReturnType<Lab['strip']> }

async function bench(
  { onTestFinished }: TestContext,
  options: Partial<LabOptions> = {},
  settings: object = {},
): Promise<Bench> {
  const lab = await startLab({ spec: smallLab(), network: await claimNetwork(), ports: FREE_PORTS, ...options })
  const strip = lab.strip('strip')
  const device = kasaDriver.create(
    'strip',
    kasaDriver.schema.parse({
      address: strip.address,
      port: strip.ports.klap,
      legacyPort: strip.ports.legacy,
      username: LAB_CREDENTIALS.username,
      password: { file: passwordFile },
      timeout: TIMEOUT,
      ...settings,
    }),
  )
  onTestFinished(async () => {
    await device.close()
    await lab.stop()
  })
  return { lab, device, strip }
}

const never = () => new AbortController().signal
const isOn = ({ lab }: Bench, outlet: number) => lab.state().strips[0]!.outlets[outlet]!.on
const timerOf = ({ lab }: Bench, outlet: number) => lab.state().strips[0]!.outlets[outlet]!.timer
const relays = ({ lab }: Bench) => lab.state().strips[0]!.outlets.map(({ on }) => on)

/** The state that a call answered, or the code of its failure and whether it may have landed. */
function told(outcome: Outcome<OutletReading>): string {
  if (outcome.ok) return outcome.value.state
  expect(outcome.error.sentence).not.toContain(LAB_CREDENTIALS.password)
  return `${outcome.error.code}${outcome.error.mayHaveLanded ? ', may have landed' : ''}`
}

function behaved({ lab }: Bench): void {
  expect(lab.state().violations).toEqual([])
}

describe.concurrent.each(TRANSPORTS)('%s', { timeout: SLOWEST_MS }, (transport) => {
  test('identifies, reads, switches one outlet, arms and disarms its timer', async (context) => {
    const on = await bench(context, { transport })
    const { device, lab } = on
    expect(await device.identify(never())).toMatchObject({
      ok: true,
      value: { deviceId: lab.state().strips[0]!.deviceId, transport, outlets: [{}, {}, {}, {}] },
    })
    await lab.act({ kind: 'hang', host: 'pve2' })
    const all = await device.readAll(never())
    expect(all.ok && all.value.map(({ state, watts }) => [state, watts])).toEqual([
      ['on', 60],
      ['on', 95],
      ['on', 60],
      ['on', 0],
    ])
    expect(await device.arm?.('1', 60, never())).toEqual({ ok: true, value: undefined })
    expect(timerOf(on, 1)).toMatchObject({ on: true, delaySeconds: 60, fired: false })
    expect(told(await device.turnOff('1', never()))).toBe('off')
    expect(relays(on)).toEqual([true, false, true, true])
    expect(await device.read('1', never())).toMatchObject({ ok: true, value: { outlet: '1', state: 'off', watts: 0 } })
    expect(told(await device.turnOn('1', never()))).toBe('on')
    expect(await device.disarm?.('1', never())).toEqual({ ok: true, value: undefined })
    expect(timerOf(on, 1)).toBeUndefined()
    expect(lab.state().cuts).toMatchObject([{ host: 'pve2', by: 'command', byOutlet: 'strip/1' }])
    expect(told(await device.turnOff('9', never()))).toBe('no-such-outlet')
    behaved(on)
  })

  test.for<[string, Parameters<Bench['strip']['set']>[0]]>([
    ['two-digit child ids', { twoDigitChildIds: true }],
    ['small fragments', { fragmentAnswers: true }],
    ['a connection for each answer', { closesConnections: true }],
    ['slowness', { slowMs: 150 }],
    [
      'all of that, and sessions that die',
      {
        twoDigitChildIds: true,
        fragmentAnswers: true,
        closesConnections: true,
        slowMs: 30,
        sessionDiesAfterOneRequest: true,
      },
    ],
    ['sessions that last a second', { sessionTimeoutSeconds: 1 }],
  ])('with %s', async ([, faults], context) => {
    // None of it is a reason to give up, on the slowest of test machines either.
    const on = await bench(context, { transport }, { timeout: '5s' })
    on.strip.set(faults)
    expect(told(await on.device.turnOff('2', never()))).toBe('off')
    expect(relays(on)).toEqual([true, true, false, true])
    const all = await on.device.readAll(never())
    expect(all.ok && all.value.map(({ state }) => state)).toEqual(['on', 'on', 'off', 'on'])
    expect(await on.device.arm?.('2', 60, never())).toMatchObject({ ok: true })
    expect(told(await on.device.turnOn('2', never()))).toBe('on')
    expect(relays(on)).toEqual([true, true, true, true])
    behaved(on)
  })

  const oneTime: [string, Mishap][] = [
    ['a command that is lost', { kind: 'lose-command', count: 1 }],
    ['a command that is lost in silence', { kind: 'lose-command', count: 1, how: 'silence' }],
    ['an answer that is lost', { kind: 'lose-answer', count: 1 }],
    ['an answer that is lost in silence', { kind: 'lose-answer', count: 1, how: 'silence' }],
    ['an answer that comes twice', { kind: 'double-answer', count: 1 }],
    ['every answer twice', { kind: 'double-answer', count: 9, of: 'any' }],
    ['a lost look', { kind: 'lose-answer', count: 1, of: 'any' }],
    ...GARBAGE.map((garbage): [string, Mishap] => [
      `garbage once: ${garbage}`,
      { kind: 'garbage-answer', count: 1, garbage },
    ]),
  ]
  test.for(oneTime)('survives %s', async ([, mishap], context) => {
    const on = await bench(context, { transport })
    on.strip.plan(mishap)
    expect(told(await on.device.turnOff('0', never()))).toBe('off')
    expect(relays(on)).toEqual([false, true, true, true])
    behaved(on)
  })

  const lasting: [string, Mishap, string, boolean][] = [
    ['commands are lost', { kind: 'lose-command', count: 9 }, 'unreachable, may have landed', true],
    [
      'commands are lost in silence',
      { kind: 'lose-command', count: 9, how: 'silence' },
      'timeout, may have landed',
      true,
    ],
    ['answers are lost', { kind: 'lose-answer', count: 9 }, 'unreachable, may have landed', false],
    [
      'answers are lost in silence',
      { kind: 'lose-answer', count: 9, how: 'silence' },
      'timeout, may have landed',
      false,
    ],
    ['it acknowledges and does nothing', { kind: 'ack-without-applying', count: 1 }, 'on', true],
    ['it refuses', { kind: 'error-answer', count: 1, errCode: -20, errMsg: 'no' }, 'refused', true],
    [
      'it has no such child',
      { kind: 'error-answer', count: 1, errCode: -14, errMsg: 'entry not exist' },
      'no-such-outlet',
      true,
    ],
    [
      'its answers are no JSON',
      { kind: 'garbage-answer', count: 9, garbage: 'not-json' },
      'malformed-answer, may have landed',
      false,
    ],
    [
      'its answers break off',
      { kind: 'garbage-answer', count: 9, garbage: 'truncated' },
      'unreachable, may have landed',
      false,
    ],
  ]
  test.for(lasting)('tells the truth when %s', async ([, mishap, says, stays], context) => {
    const on = await bench(context, { transport })
    on.strip.plan(mishap)
    expect(told(await on.device.turnOff('0', never()))).toBe(says)
    expect(isOn(on, 0)).toBe(stays)
    expect(relays(on).slice(1)).toEqual([true, true, true])
    on.strip.clearMishaps()
    expect(told(await on.device.turnOff('0', never()))).toBe('off')
    expect(told(await on.device.turnOn('0', never()))).toBe('on')
    behaved(on)
  })

  test('commands that land late, and twice, are seen by the next look', async (context) => {
    const on = await bench(context, { transport, timeScale: 1000 })
    on.strip.plan({ kind: 'late-command', count: 9, delayMs: 3_000_000 })
    expect(told(await on.device.turnOff('0', never()))).toBe('unreachable, may have landed')
    expect(isOn(on, 0)).toBe(true)
    expect(await on.lab.until(({ strips }) => strips[0]?.outlets[0]?.on === false, 30_000)).toBe(true)
    expect(told(await on.device.read('0', never()))).toBe('off')
    on.strip.clearMishaps()
    on.strip.plan({ kind: 'repeat-command', count: 1, delayMs: 1_000_000 })
    expect(told(await on.device.turnOff('1', never()))).toBe('off')
    expect(told(await on.device.turnOn('1', never()))).toBe('on')
    expect(await on.lab.until(({ strips }) => strips[0]?.outlets[1]?.on === false, 30_000)).toBe(true)
    expect(told(await on.device.read('1', never()))).toBe('off')
    behaved(on)
  })

  test('has no meter, or one of floats', async (context) => {
    const on = await bench(context, { transport })
    on.strip.set({ meter: 'floats' })
    const floats = await on.device.readAll(never())
    expect(floats.ok && floats.value.map(({ watts }) => watts)).toEqual([60, 60, 60, 0])
    on.strip.set({ meter: 'none' })
    const none = await on.device.readAll(never())
    expect(none.ok && none.value.map(({ watts }) => watts)).toEqual([undefined, undefined, undefined, undefined])
    behaved(on)
  })

  test('has no timers', async (context) => {
    const on = await bench(context, { transport })
    await on.lab.act({ kind: 'set-timers', strip: 'strip', supported: false })
    const armed = await on.device.arm?.('0', 60, never())
    expect(armed).toMatchObject({ ok: false, error: { code: 'not-supported', mayHaveLanded: false } })
    expect(told(await on.device.turnOff('0', never()))).toBe('off')
    behaved(on)
  })

  test('loses what it is told about its timer', async (context) => {
    const on = await bench(context, { transport })
    on.strip.plan({ kind: 'lose-answer', count: 2, of: 'timers' })
    expect(await on.device.arm?.('0', 60, never())).toMatchObject({ ok: true })
    expect(timerOf(on, 0)).toMatchObject({ on: true, fired: false })
    behaved(on)
  })

  test('vanishes, and comes back', async (context) => {
    const on = await bench(context, { transport })
    expect(told(await on.device.read('0', never()))).toBe('on')
    await on.lab.act({ kind: 'strip-offline', strip: 'strip' })
    expect(told(await on.device.turnOff('0', never()))).toMatch(/^(?:timeout|unreachable)$/)
    expect(isOn(on, 0)).toBe(true)
    await on.lab.act({ kind: 'strip-online', strip: 'strip' })
    expect(told(await on.device.turnOff('0', never()))).toBe('off')
    behaved(on)
  })

  test('is given up at once', async (context) => {
    const on = await bench(context, { transport })
    on.strip.set({ slowMs: 300 })
    const giveUp = new AbortController()
    const turning = on.device.turnOff('0', giveUp.signal)
    giveUp.abort()
    expect(told(await turning)).toBe('aborted')
    expect(isOn(on, 0)).toBe(true)
    on.strip.set({ slowMs: 0 })
    const turned = async () => told(await on.device.turnOff('0', never())) === 'off'
    expect(await until(turned, PATIENCE_MS)).toBe(true)
  })
})

describe.concurrent('sessions and credentials', { timeout: SLOWEST_MS }, () => {
  test('the strip changes its protocol, both ways and more than once', async (context) => {
    const on = await bench(context)
    for (const transport of ['legacy-xor', 'klap-v2', 'klap-v1', 'legacy-xor', 'klap-v1', 'klap-v2'] as const) {
      await on.strip.setTransport(transport)
      expect(told(await on.device.turnOff('0', never()))).toBe('off')
      expect(await on.device.identify(never())).toMatchObject({ ok: true, value: { transport } })
      await on.strip.setTransport(transport === 'legacy-xor' ? 'klap-v2' : 'legacy-xor')
      expect(told(await on.device.turnOn('0', never()))).toBe('on')
    }
    behaved(on)
  })

  test.for(['klap-v2', 'klap-v1'] as const)(
    '%s: sessions are forgotten, die after one request, or expire',
    async (transport, context) => {
      const on = await bench(context, { transport })
      expect(told(await on.device.turnOff('0', never()))).toBe('off')
      on.strip.expireSessions()
      expect(told(await on.device.turnOn('0', never()))).toBe('on')
      on.strip.set({ sessionDiesAfterOneRequest: true })
      for (const outlet of ['0', '1', '2']) expect(told(await on.device.turnOff(outlet, never()))).toBe('off')
      expect(relays(on)).toEqual([false, false, false, true])
      on.strip.set({ sessionDiesAfterOneRequest: false })
      await on.lab.act({ kind: 'strip-reboot', strip: 'strip', outlets: 'last' })
      const turned = async () => told(await on.device.turnOn('0', never())) === 'on'
      expect(await until(turned, PATIENCE_MS)).toBe(true)
      behaved(on)
    },
  )

  test.for(['klap-v2', 'klap-v1'] as const)(
    '%s: a throttled handshake is not taken for wrong credentials',
    async (transport, context) => {
      const on = await bench(context, { transport })
      on.strip.set({ throttledHandshakeMs: 700 })
      expect(told(await on.device.turnOff('0', never()))).toBe('off')
      on.strip.expireSessions()
      expect(told(await on.device.turnOn('0', never()))).toBe('on')
      behaved(on)
    },
  )

  test.for(['klap-v2', 'klap-v1'] as const)(
    '%s: wrong credentials are told as such, and nothing is switched',
    async (transport, context) => {
      const on = await bench(context, { transport, credentials: { username: 'someone@example.com', password: 'else' } })
      expect(told(await on.device.turnOff('0', never()))).toBe('credentials-refused')
      expect(relays(on)).toEqual([true, true, true, true])
      on.strip.setCredentials(LAB_CREDENTIALS)
      expect(told(await on.device.turnOff('0', never()))).toBe('off')
      behaved(on)
    },
  )

  test.for(['klap-v2', 'klap-v1'] as const)(
    '%s: a strip that was never bound has its set-up credentials',
    async (transport, context) => {
      const on = await bench(
        context,
        { transport, credentials: SETUP_CREDENTIALS },
        { username: undefined, password: undefined },
      )
      expect(told(await on.device.turnOff('0', never()))).toBe('off')
      behaved(on)
    },
  )

  test('another strip in its place says who it is', async (context) => {
    const on = await bench(context)
    expect(told(await on.device.read('0', never()))).toBe('on')
    const deviceId = 'F'.repeat(40)
    await on.lab.act({ kind: 'swap-identity', strip: 'strip', deviceId })
    expect(await on.device.identify(never())).toMatchObject({ ok: true, value: { deviceId } })
    behaved(on)
  })
})
