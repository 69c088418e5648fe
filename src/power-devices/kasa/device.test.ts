import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Secret } from '../../config/secret.ts'
import type { Outcome } from '../../ports/power-device.ts'
import { KasaDevice } from './device.ts'
import { realRuntime } from './runtime.ts'
import type { KasaSettings } from './settings.ts'
import { ScriptedDevice } from './testing/scripted-device.ts'

const PASSWORD = 'sesame-open'
const signal = () => new AbortController().signal

let device: ScriptedDevice
let clients: KasaDevice[]
let slept: number[]
let monoMs: number
/** Called before each pause of the client: where a test lets the world change between two tries. */
let atPause: () => void | Promise<void>

beforeEach(async () => {
  process.env.KASA_TEST_PASSWORD = PASSWORD
  device = await ScriptedDevice.start()
  clients = []
  slept = []
  monoMs = 1000
  atPause = () => {}
})

afterEach(async () => {
  delete process.env.KASA_TEST_PASSWORD
  for (const client of clients) await client.close()
  await device.stop()
})

function connect(more: Partial<KasaSettings> = {}): KasaDevice {
  const settings: KasaSettings = {
    address: '127.0.0.1',
    port: device.httpPort,
    legacyPort: device.legacyPort,
    username: 'user@example.com',
    password: new Secret({ env: 'KASA_TEST_PASSWORD' }),
    timeout: 5000,
    transport: 'auto',
    ...more,
  }
  const client = new KasaDevice('strip', settings, {
    ...realRuntime,
    monoMs: () => monoMs,
    sleep: async (ms) => {
      slept.push(ms)
      await atPause()
    },
  })
  clients.push(client)
  return client
}

function failure<T>(outcome: Outcome<T>) {
  if (outcome.ok) throw new Error('a failure was expected')
  expect(outcome.error.sentence).not.toContain(PASSWORD)
  expect(outcome.error.sentence).not.toContain('user@example.com')
  return outcome.error
}

const relayMessages = () =>
  device.asked.filter((message) => JSON.stringify(message).includes('set_relay_state')) as { context?: object }[]

/** The one thing that must never happen: a strip told to switch without saying which outlet. */
const withoutContext = () => relayMessages().filter(({ context }) => context === undefined)

describe('reading', () => {
  test('identifies a strip', async () => {
    const outcome = await connect().identify(signal())
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        deviceId: device.deviceId,
        model: 'HS300(US)',
        firmware: '2.0 / 1.1.2 Build 241220 Rel.171333',
        transport: 'klap-v2',
      },
    })
    expect(outcome.ok && outcome.value.outlets[4]).toEqual({ outlet: '4', state: 'on', alias: 'socket 4' })
  })

  test('KLAP v1 is told from the same handshake', async () => {
    device.version = 'v1'
    expect(await connect().identify(signal())).toMatchObject({ ok: true, value: { transport: 'klap-v1' } })
    expect(device.handshakes).toBe(1)
  })

  test.each([
    { username: 'kasa@tp-link.net', password: 'kasaSetup' },
    { username: 'test@tp-link.net', password: 'test' },
    { username: '', password: '' },
  ])('a device that went back to the account "$username"', async (credentials) => {
    device.credentials = credentials
    expect(await connect().identify(signal())).toMatchObject({ ok: true })
    expect(device.handshakes).toBe(1)
  })

  test('all outlets, one meter question a child', async () => {
    device.states[2] = 0
    const outcome = await connect().readAll(signal())
    expect(outcome.ok && outcome.value.map(({ outlet, state, watts }) => `${outlet} ${state} ${watts}`)).toEqual([
      '0 on 1',
      '1 on 2',
      '2 off 3',
      '3 on 4',
      '4 on 5',
      '5 on 6',
    ])
    expect(device.handshakes).toBe(1)
    expect(new Set(device.cookies.slice(1))).toHaveLength(1)
    expect(device.cookies.at(-1)).toMatch(/^TP_SESSIONID=[0-9A-F]+$/)
  })

  test('one outlet, by number alone', async () => {
    const client = connect()
    expect(await client.read('5', signal())).toMatchObject({ value: { outlet: '5', alias: 'socket 5', watts: 6 } })
    for (const outlet of ['6', '-1', 'socket 5', '05', '']) {
      expect(failure(await client.read(outlet, signal())).code).toBe('no-such-outlet')
    }
  })

  test('a meter that fails for one child leaves out the watts of that one', async () => {
    device.answer = (message) =>
      JSON.stringify(message).includes(`${device.deviceId}01"]},"emeter"`)
        ? { emeter: { get_realtime: { err_code: -14, err_msg: 'entry not exist' } } }
        : undefined
    const outcome = await connect().readAll(signal())
    expect(outcome.ok && outcome.value.map(({ watts }) => watts)).toEqual([1, undefined, 3, 4, 5, 6])
  })

  test('a device without a meter is asked for none', async () => {
    device.sysinfo = () => ({ ...device.stripSysinfo(), feature: 'TIM' })
    const outcome = await connect().readAll(signal())
    expect(outcome.ok && outcome.value[0]).toEqual({ outlet: '0', state: 'on', alias: 'socket 0' })
    expect(device.asked).toHaveLength(1)
  })

  test('a meter that is not supported is asked for once', async () => {
    device.answer = (message) =>
      message.emeter === undefined ? undefined : { emeter: { err_code: -1, err_msg: 'module not support' } }
    expect(await connect().readAll(signal())).toMatchObject({ ok: true })
    expect(device.asked).toHaveLength(2)
  })

  test('an answer that makes no sense is told as such', async () => {
    device.sysinfo = () => ({ model: 'HS300(US)' })
    const error = failure(await connect().readAll(signal()))
    expect(error).toMatchObject({ code: 'malformed-answer', mayHaveLanded: false })
    expect(error.sentence).toContain('deviceId')
  })
})

describe('switching', () => {
  test('turns one child off and on and answers what it reads back', async () => {
    const client = connect()
    expect(await client.turnOff('3', signal())).toMatchObject({ ok: true, value: { outlet: '3', state: 'off' } })
    expect(device.states).toEqual([1, 1, 1, 0, 1, 1])
    expect(await client.turnOn('3', signal())).toMatchObject({ ok: true, value: { outlet: '3', state: 'on' } })
    expect(device.states).toEqual([1, 1, 1, 1, 1, 1])
    expect(relayMessages().map(({ context }) => context)).toEqual(
      Array.from({ length: 2 }, () => ({ child_ids: [`${device.deviceId}03`] })),
    )
  })

  test('with two-digit ids, the full id goes out', async () => {
    device.sysinfo = () => ({
      ...device.stripSysinfo(),
      children: device.states.map((state, index) => ({ id: `0${index}`, state })),
    })
    expect(await connect().turnOff('1', signal())).toMatchObject({ value: { state: 'off' } })
    expect(relayMessages()[0]?.context).toEqual({ child_ids: [`${device.deviceId}01`] })
  })

  test('an acknowledgement that was a lie is seen in what is read back', async () => {
    device.answer = (message) =>
      JSON.stringify(message).includes('set_relay_state') ? { system: { set_relay_state: { err_code: 0 } } } : undefined
    expect(await connect().turnOff('0', signal())).toMatchObject({ ok: true, value: { state: 'on' } })
  })

  test.each([
    [-14, 'entry not exist', 'no-such-outlet'],
    [-1, 'module not support', 'not-supported'],
    [-3, 'invalid argument', 'refused'],
  ])('the error %i (%s) is %s, and nothing landed', async (errorCode, words, code) => {
    device.answer = (message) =>
      JSON.stringify(message).includes('set_relay_state')
        ? { system: { set_relay_state: { err_code: errorCode, err_msg: words } } }
        : undefined
    const error = failure(await connect().turnOff('0', signal()))
    expect(error).toMatchObject({ code, mayHaveLanded: false })
    expect(error.sentence).toContain(words)
  })

  test('a device that vanishes after acknowledging leaves a doubt', async () => {
    device.answer = (message) => {
      if (!JSON.stringify(message).includes('set_relay_state')) return undefined
      device.always('request', 'hang-up')
      return { system: { set_relay_state: { err_code: 0 } } }
    }
    device.script('request', 'well', 'well')
    const error = failure(await connect().turnOff('0', signal()))
    expect(error).toMatchObject({ code: 'unreachable', mayHaveLanded: true })
  })

  test('another device that answers the reading back is told', async () => {
    let seen = 0
    device.sysinfo = () => {
      seen += 1
      return seen === 1 ? device.stripSysinfo() : { ...device.stripSysinfo(), deviceId: 'F'.repeat(40) }
    }
    expect(failure(await connect().turnOff('0', signal()))).toMatchObject({
      code: 'identity-mismatch',
      mayHaveLanded: true,
    })
  })

  test('questions go out one at a time', async () => {
    let inFlight = 0
    let most = 0
    device.answer = () => {
      inFlight += 1
      most = Math.max(most, inFlight)
      queueMicrotask(() => (inFlight -= 1))
      return undefined
    }
    const client = connect()
    const outcomes = await Promise.all([
      client.readAll(signal()),
      client.turnOff('1', signal()),
      client.read('2', signal()),
    ])
    expect(outcomes.every(({ ok }) => ok)).toBe(true)
    expect(most).toBe(1)
    expect(device.handshakes).toBe(1)
  })
})

describe('a plug', () => {
  const plug = () => ({ deviceId: device.deviceId, model: 'HS103(US)', alias: 'lamp', relay_state: device.states[0] })

  test('is outlet 0', async () => {
    device.sysinfo = plug
    expect(await connect().turnOff('0', signal())).toMatchObject({ ok: true, value: { outlet: '0', state: 'off' } })
    expect(relayMessages()).toEqual([{ system: { set_relay_state: { state: 0 } } }])
    expect(failure(await connect().turnOff('1', signal())).code).toBe('no-such-outlet')
  })

  test('works with sessions that die after each request', async () => {
    device.sysinfo = plug
    device.always('request', 'ends-session')
    expect(await connect().turnOff('0', signal())).toMatchObject({ ok: true, value: { state: 'off' } })
  })

  test('that has become a strip between two tries is never told to switch without context', async () => {
    device.sysinfo = plug
    device.script('request', 'well', { status: 403 })
    device.answer = (message) => {
      if (JSON.stringify(message).includes('set_relay_state')) device.sysinfo = () => device.stripSysinfo()
      return undefined
    }
    atPause = () => {
      device.states.fill(1)
    }
    expect(await connect().turnOff('0', signal())).toMatchObject({ ok: true, value: { state: 'off' } })
    expect(relayMessages()).toHaveLength(2)
    expect(withoutContext()).toHaveLength(1)
    expect(device.states).toEqual([0, 1, 1, 1, 1, 1])
  })

  test('whose handshake fits once and not the next time is not told to have other credentials', async () => {
    device.sysinfo = plug
    device.always('request', 'ends-session')
    device.script('handshake1', 'well', 'well', 'mismatch', 'well', 'mismatch')
    expect(failure(await connect().turnOff('0', signal()))).toMatchObject({ code: 'refused', mayHaveLanded: true })
  })

  test('that does not answer leaves a doubt, after as many looks as tries', async () => {
    device.sysinfo = plug
    device.script('request', 'well', 'hang-up', 'well', 'hang-up', 'well', 'hang-up')
    expect(failure(await connect().turnOff('0', signal()))).toMatchObject({ code: 'unreachable', mayHaveLanded: true })
  })
})

describe('sessions', () => {
  test('that die after every request', async () => {
    device.always('request', 'ends-session')
    const client = connect()
    expect(await client.turnOff('2', signal())).toMatchObject({ ok: true, value: { state: 'off' } })
    const outcome = await client.readAll(signal())
    expect(outcome.ok && outcome.value.map(({ watts }) => watts)).toEqual([1, 2, 3, 4, 5, 6])
    expect(slept).toEqual([])
    expect(withoutContext()).toEqual([])
  })

  test('are left before the device drops them', async () => {
    device.cookieTimeout = 86_400
    const client = connect()
    await client.identify(signal())
    monoMs += (86_400 - 1200) * 1000 - 1
    await client.identify(signal())
    expect(device.handshakes).toBe(1)
    monoMs += 1
    await client.identify(signal())
    expect(device.handshakes).toBe(2)
  })

  test('a 403 leads to a new handshake', async () => {
    const client = connect()
    await client.identify(signal())
    device.script('request', { status: 403 })
    expect(await client.identify(signal())).toMatchObject({ ok: true })
    expect(device.handshakes).toBe(2)
  })

  test('403 to every new session ends after the tries', async () => {
    device.always('request', { status: 403 })
    const error = failure(await connect().turnOff('0', signal()))
    expect(error).toMatchObject({ code: 'refused', mayHaveLanded: false })
    expect(device.handshakes).toBe(3)
  })

  test.each(['garbage', 'hang-up', 'cut', 'flood', 'wrong-signature', 'not-json'] as const)(
    'a reply that is bad (%s) is asked for again in a new session',
    async (deed) => {
      device.script('request', 'well', deed)
      expect(await connect().turnOff('1', signal())).toMatchObject({ ok: true, value: { state: 'off' } })
      expect(device.states).toEqual([1, 0, 1, 1, 1, 1])
      expect(device.handshakes).toBe(2)
    },
  )

  test.each([
    ['garbage', 'malformed-answer'],
    ['hang-up', 'unreachable'],
    ['cut', 'unreachable'],
    ['wrong-signature', 'malformed-answer'],
    ['not-json', 'malformed-answer'],
    [{ status: 403 }, 'refused'],
    [{ status: 500 }, 'malformed-answer'],
  ] as const)('bad replies (%j) to every OFF are %s, and it may have landed', async (deed, code) => {
    const client = connect()
    await client.identify(signal())
    device.answer = (message) => {
      if (JSON.stringify(message).includes('get_sysinfo')) device.always('request', deed)
      return undefined
    }
    const error = failure(await client.turnOff('1', signal()))
    expect(error).toMatchObject({ code, mayHaveLanded: true })
  })

  test('a doubled reply is one reply', async () => {
    device.always('request', 'doubled')
    expect(await connect().turnOff('1', signal())).toMatchObject({ ok: true, value: { state: 'off' } })
    expect(slept).toEqual([])
  })

  test('a doubtful try is not forgotten when the next one is refused', async () => {
    device.script('request', 'well', 'hang-up')
    let asked = 0
    device.answer = (message) => {
      if (!JSON.stringify(message).includes('set_relay_state')) return undefined
      asked += 1
      return asked === 1 ? undefined : { system: { set_relay_state: { err_code: -3 } } }
    }
    expect(failure(await connect().turnOff('1', signal()))).toMatchObject({ code: 'refused', mayHaveLanded: true })
  })
})

describe('slow answers', () => {
  test('to an OFF: three tries, a second apart, and it may have landed', async () => {
    device.script('request', 'well', 'silent', 'silent', 'silent')
    const error = failure(await connect({ timeout: 400 }).turnOff('1', signal()))
    expect(error).toMatchObject({ code: 'timeout', mayHaveLanded: true })
    expect(error.sentence).toContain('within 400ms')
    expect(slept).toEqual([1000, 1000])
    expect(device.states[1]).toBe(0)
  })

  test('to a look: nothing landed', async () => {
    device.always('request', 'silent')
    const error = failure(await connect({ timeout: 400 }).turnOff('1', signal()))
    expect(error).toMatchObject({ code: 'timeout', mayHaveLanded: false })
    expect(relayMessages()).toEqual([])
  })

  test('to a handshake', async () => {
    device.always('handshake1', 'silent')
    expect(failure(await connect({ timeout: 400 }).identify(signal()))).toMatchObject({ code: 'timeout' })
  })

  test('once, then well', async () => {
    device.script('request', 'well', 'silent')
    expect(await connect({ timeout: 400 }).turnOff('1', signal())).toMatchObject({ ok: true, value: { state: 'off' } })
  })
})

describe('credentials', () => {
  test('a throttled handshake is not a wrong password', async () => {
    device.script('handshake1', 'mismatch', 'mismatch', 'mismatch')
    expect(await connect().identify(signal())).toMatchObject({ ok: true })
    expect(slept).toEqual([1000, 2000, 4000])
  })

  test('wrong ones are reported after handshakes that were spaced', async () => {
    device.credentials = { username: 'other@example.com', password: 'other' }
    const error = failure(await connect().turnOff('0', signal()))
    expect(error).toMatchObject({ code: 'credentials-refused', mayHaveLanded: false })
    expect(error.sentence).toContain('4 handshakes')
    expect(slept).toEqual([1000, 2000, 4000])
    expect(device.handshakes).toBe(4)
  })

  test('a throttled handshake in the middle of an OFF keeps its doubt', async () => {
    device.script('request', 'well', 'hang-up')
    device.script('handshake1', 'well', 'mismatch', 'mismatch', 'mismatch', 'mismatch')
    const error = failure(await connect().turnOff('0', signal()))
    expect(error).toMatchObject({ code: 'credentials-refused', mayHaveLanded: true })
  })

  test('a secret that is missing is named', async () => {
    delete process.env.KASA_TEST_PASSWORD
    const error = failure(await connect().identify(signal()))
    expect(error.code).toBe('credentials-refused')
    expect(error.sentence).toContain('KASA_TEST_PASSWORD')
  })

  test('a rotated secret takes effect', async () => {
    process.env.KASA_TEST_PASSWORD = 'outdated'
    atPause = () => {
      process.env.KASA_TEST_PASSWORD = PASSWORD
    }
    expect(await connect().identify(signal())).toMatchObject({ ok: true })
  })
})

describe('which protocol it speaks', () => {
  test('flips to legacy and back without a word', async () => {
    const client = connect()
    expect(await client.identify(signal())).toMatchObject({ value: { transport: 'klap-v2' } })
    await device.closeKlap()
    await device.openLegacy()
    expect(await client.turnOff('4', signal())).toMatchObject({ ok: true, value: { state: 'off' } })
    expect(await client.identify(signal())).toMatchObject({ value: { transport: 'legacy-xor' } })
    await device.closeLegacy()
    await device.openKlap()
    expect(await client.turnOn('4', signal())).toMatchObject({ ok: true, value: { state: 'on' } })
    expect(await client.identify(signal())).toMatchObject({ value: { transport: 'klap-v2' } })
    expect(slept).toEqual([])
    expect(withoutContext()).toEqual([])
  })

  test.each(['garbage', 'hang-up', 'mismatch', { status: 400 }, { status: 404 }] as const)(
    'a KLAP port that no longer answers as it should (%j) gives way to legacy',
    async (deed) => {
      device.always('handshake1', deed)
      await device.openLegacy()
      expect(await connect().identify(signal())).toMatchObject({ value: { transport: 'legacy-xor' } })
    },
  )

  test('what worked is asked first the next time', async () => {
    device.always('handshake1', { status: 400 })
    await device.openLegacy()
    const client = connect()
    for (let call = 0; call < 3; call += 1) expect(await client.identify(signal())).toMatchObject({ ok: true })
    expect(device.handshakes).toBe(1)
  })

  test('a session that fails is no reason to speak legacy', async () => {
    await device.openLegacy()
    device.script('request', 'well', 'hang-up', 'garbage')
    expect(await connect().turnOff('0', signal())).toMatchObject({ ok: true, value: { state: 'off' } })
    expect(device.legacyAsked).toBe(0)
  })

  test('a KLAP port that is silent gives way to legacy at the next try', async () => {
    device.always('handshake1', 'silent')
    await device.openLegacy()
    expect(await connect({ timeout: 400 }).identify(signal())).toMatchObject({ value: { transport: 'legacy-xor' } })
  })

  test.each(['garbage', 'hang-up', 'cut', 'not-json'] as const)(
    'a bad legacy answer (%s) is asked for again',
    async (deed) => {
      await device.openLegacy()
      device.script('legacy', 'well', deed)
      const client = connect({ transport: 'legacy' })
      expect(await client.turnOff('0', signal())).toMatchObject({ ok: true, value: { state: 'off' } })
      expect(slept).toEqual([250])
    },
  )

  test('a doubled legacy answer is one answer', async () => {
    await device.openLegacy()
    device.always('legacy', 'doubled')
    expect(await connect({ transport: 'legacy' }).turnOff('0', signal())).toMatchObject({ value: { state: 'off' } })
  })

  test('a legacy OFF without an answer may have landed', async () => {
    await device.openLegacy()
    device.script('legacy', 'well', 'silent', 'silent', 'silent')
    const error = failure(await connect({ transport: 'legacy', timeout: 400 }).turnOff('0', signal()))
    expect(error).toMatchObject({ code: 'timeout', mayHaveLanded: true })
  })

  test('the one that is configured is the only one tried', async () => {
    await device.openLegacy()
    await device.closeKlap()
    expect(failure(await connect({ transport: 'klap' }).identify(signal())).code).toBe('unreachable')
    expect(await connect().identify(signal())).toMatchObject({ ok: true })
  })

  test('nothing there: both ports are named', async () => {
    await device.closeKlap()
    const error = failure(await connect().turnOff('0', signal()))
    expect(error).toMatchObject({ code: 'unreachable', mayHaveLanded: false })
    expect(error.sentence).toContain(`port ${device.httpPort} is closed`)
    expect(error.sentence).toContain(`port ${device.legacyPort} is closed`)
  })
})

describe('giving up', () => {
  test('is not listened for once a call has ended', async () => {
    const controller = new AbortController()
    await connect().turnOff('0', controller.signal)
    await connect({ transport: 'legacy' }).turnOff('0', controller.signal)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  test('before anything', async () => {
    expect(failure(await connect().turnOff('0', AbortSignal.abort()))).toMatchObject({
      code: 'aborted',
      mayHaveLanded: false,
    })
    expect(device.paths).toEqual([])
  })

  test('in the middle of a look: nothing landed', async () => {
    const controller = new AbortController()
    device.always('request', 'silent')
    device.answer = () => {
      controller.abort()
      return undefined
    }
    expect(failure(await connect().turnOff('0', controller.signal))).toMatchObject({
      code: 'aborted',
      mayHaveLanded: false,
    })
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  test('in the middle of an OFF: it may have landed', async () => {
    const controller = new AbortController()
    device.script('request', 'well', 'silent')
    device.answer = (message) => {
      if (JSON.stringify(message).includes('set_relay_state')) controller.abort()
      return undefined
    }
    expect(failure(await connect().turnOff('0', controller.signal))).toMatchObject({
      code: 'aborted',
      mayHaveLanded: true,
    })
  })

  test('between two tries', async () => {
    const controller = new AbortController()
    device.always('handshake1', 'hang-up')
    atPause = () => controller.abort()
    expect(failure(await connect().turnOff('0', controller.signal)).code).toBe('aborted')
    expect(slept).toEqual([250])
  })

  test('while another question is in flight does not wait for it, nor hold up the next', async () => {
    const client = connect()
    const first = new AbortController()
    const arrived = Promise.withResolvers<void>()
    device.script('request', 'silent')
    device.answer = () => {
      arrived.resolve()
      return undefined
    }
    const stuck = client.identify(first.signal)
    await arrived.promise
    const second = new AbortController()
    const waiting = client.turnOff('0', second.signal)
    const third = client.identify(signal())
    second.abort()
    expect(failure(await waiting)).toMatchObject({ code: 'aborted', mayHaveLanded: false })
    first.abort()
    expect(failure(await stuck).code).toBe('aborted')
    expect(await third).toMatchObject({ ok: true })
  })

  test('closing ends what is in flight', async () => {
    device.always('request', 'silent')
    const client = connect()
    const stuck = client.identify(signal())
    await client.close()
    expect(failure(await stuck).code).toBe('aborted')
    expect(failure(await client.identify(signal())).code).toBe('aborted')
  })
})

describe('the timer inside the device', () => {
  type Rules = Map<string, number>

  /** One rule an outlet, as the real ones. */
  function withTimers(rules: Rules, more: { lists?: boolean; forgets?: boolean } = {}): void {
    device.answer = (message) => {
      const { context, count_down: asked } = message as Record<string, Record<string, unknown> | undefined>
      const id = (context?.child_ids as string[] | undefined)?.[0] ?? ''
      if (asked?.delete_all_rules !== undefined) {
        rules.delete(id)
        return { count_down: { delete_all_rules: { err_code: 0 } } }
      }
      if (asked?.add_rule !== undefined) {
        if (rules.has(id)) return { count_down: { add_rule: { err_code: -10, err_msg: 'table is full' } } }
        if (more.forgets !== true) rules.set(id, (asked.add_rule as { delay: number }).delay)
        return { count_down: { add_rule: { id: 'A', err_code: 0 } } }
      }
      if (asked?.get_rules === undefined) return undefined
      if (more.lists === false) return { count_down: { get_rules: { err_code: -2, err_msg: 'member not support' } } }
      const list = rules.has(id) ? [{ enable: 1, act: 1, delay: rules.get(id) }] : []
      return { count_down: { get_rules: { rule_list: list, err_code: 0 } } }
    }
  }

  test.each([true, false])('is armed and disarmed, one child at a time (rules can be listed: %s)', async (lists) => {
    const rules: Rules = new Map([[`${device.deviceId}01`, 5]])
    withTimers(rules, { lists })
    const client = connect()
    expect(await client.arm('1', 660, signal())).toEqual({ ok: true, value: undefined })
    expect(rules).toEqual(new Map([[`${device.deviceId}01`, 660]]))
    expect(await client.disarm('1', signal())).toEqual({ ok: true, value: undefined })
    expect(rules.size).toBe(0)
  })

  test('a rule whose answer was lost does not stand in its own way', async () => {
    const rules: Rules = new Map()
    withTimers(rules)
    device.script('request', 'well', 'well', 'hang-up')
    expect(await connect().arm('1', 660, signal())).toMatchObject({ ok: true })
    expect(rules.size).toBe(1)
  })

  test('a table that stays full is a refusal', async () => {
    device.answer = (message) =>
      message.count_down === undefined
        ? undefined
        : { count_down: { delete_all_rules: { err_code: 0 }, add_rule: { err_code: -10, err_msg: 'table is full' } } }
    const error = failure(await connect().arm('1', 660, signal()))
    expect(error.code).toBe('refused')
    expect(error.sentence).toContain('table is full')
  })

  test('that is acknowledged but not there is no timer', async () => {
    withTimers(new Map(), { forgets: true })
    expect(failure(await connect().arm('1', 660, signal())).code).toBe('refused')
  })

  test('firmware without timers', async () => {
    const client = connect()
    expect(failure(await client.arm('1', 660, signal()))).toMatchObject({ code: 'not-supported', mayHaveLanded: false })
    expect(failure(await client.disarm('1', signal()))).toMatchObject({ code: 'not-supported', mayHaveLanded: false })
  })
})
