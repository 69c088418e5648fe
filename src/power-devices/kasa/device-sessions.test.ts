import { describe, expect, test } from 'vitest'
import {
  connect,
  deviceBench,
  failure,
  PASSWORD,
  relayMessages,
  signal,
  withoutContext,
} from './testing/device-bench.ts'

const bench = deviceBench()

describe('sessions', () => {
  test('that die after every request', async () => {
    bench.device.always('request', 'ends-session')
    const client = connect(bench)
    expect(await client.turnOff('2', signal())).toMatchObject({ ok: true, value: { state: 'off' } })
    const outcome = await client.readAll(signal())
    expect(outcome.ok && outcome.value.map(({ watts }) => watts)).toEqual([1, 2, 3, 4, 5, 6])
    expect(bench.slept).toEqual([])
    expect(withoutContext(bench)).toEqual([])
  })

  test('are left before the device drops them', async () => {
    bench.device.cookieTimeout = 86_400
    const client = connect(bench)
    await client.identify(signal())
    bench.monoMs += (86_400 - 1200) * 1000 - 1
    await client.identify(signal())
    expect(bench.device.handshakes).toBe(1)
    bench.monoMs += 1
    await client.identify(signal())
    expect(bench.device.handshakes).toBe(2)
  })

  test('a 403 leads to a new handshake', async () => {
    const client = connect(bench)
    await client.identify(signal())
    bench.device.script('request', { status: 403 })
    expect(await client.identify(signal())).toMatchObject({ ok: true })
    expect(bench.device.handshakes).toBe(2)
  })

  test('403 to every new session ends after the tries', async () => {
    bench.device.always('request', { status: 403 })
    const error = failure(await connect(bench).turnOff('0', signal()))
    expect(error).toMatchObject({ code: 'refused', mayHaveLanded: false })
    expect(bench.device.handshakes).toBe(3)
  })

  test.each(['garbage', 'hang-up', 'cut', 'flood', 'wrong-signature', 'not-json'] as const)(
    'a reply that is bad (%s) is asked for again in a new session',
    async (deed) => {
      bench.device.script('request', 'well', deed)
      expect(await connect(bench).turnOff('1', signal())).toMatchObject({ ok: true, value: { state: 'off' } })
      expect(bench.device.states).toEqual([1, 0, 1, 1, 1, 1])
      expect(bench.device.handshakes).toBe(2)
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
    const client = connect(bench)
    await client.identify(signal())
    bench.device.answer = (message) => {
      if (JSON.stringify(message).includes('get_sysinfo')) bench.device.always('request', deed)
      return undefined
    }
    const error = failure(await client.turnOff('1', signal()))
    expect(error).toMatchObject({ code, mayHaveLanded: true })
  })

  test('a doubled reply is one reply', async () => {
    bench.device.always('request', 'doubled')
    expect(await connect(bench).turnOff('1', signal())).toMatchObject({ ok: true, value: { state: 'off' } })
    expect(bench.slept).toEqual([])
  })

  test('a doubtful try is not forgotten when the next one is refused', async () => {
    bench.device.script('request', 'well', 'hang-up')
    let asked = 0
    bench.device.answer = (message) => {
      if (!JSON.stringify(message).includes('set_relay_state')) return undefined
      asked += 1
      return asked === 1 ? undefined : { system: { set_relay_state: { err_code: -3 } } }
    }
    expect(failure(await connect(bench).turnOff('1', signal()))).toMatchObject({ code: 'refused', mayHaveLanded: true })
  })
})

describe('slow answers', () => {
  test('to an OFF: three tries, a second apart, and it may have landed', async () => {
    bench.device.script('request', 'well', 'silent', 'silent', 'silent')
    const error = failure(await connect(bench, { timeout: 400 }).turnOff('1', signal()))
    expect(error).toMatchObject({ code: 'timeout', mayHaveLanded: true })
    expect(error.sentence).toContain('within 400ms')
    expect(bench.slept).toEqual([1000, 1000])
    expect(bench.device.states[1]).toBe(0)
  })

  test('to a look: nothing landed', async () => {
    bench.device.always('request', 'silent')
    const error = failure(await connect(bench, { timeout: 400 }).turnOff('1', signal()))
    expect(error).toMatchObject({ code: 'timeout', mayHaveLanded: false })
    expect(relayMessages(bench)).toEqual([])
  })

  test('to a handshake', async () => {
    bench.device.always('handshake1', 'silent')
    expect(failure(await connect(bench, { timeout: 400 }).identify(signal()))).toMatchObject({ code: 'timeout' })
  })

  test('once, then well', async () => {
    bench.device.script('request', 'well', 'silent')
    expect(await connect(bench, { timeout: 400 }).turnOff('1', signal())).toMatchObject({
      ok: true,
      value: { state: 'off' },
    })
  })
})

describe('credentials', () => {
  test('a throttled handshake is not a wrong password', async () => {
    bench.device.script('handshake1', 'mismatch', 'mismatch', 'mismatch')
    expect(await connect(bench).identify(signal())).toMatchObject({ ok: true })
    expect(bench.slept).toEqual([1000, 2000, 4000])
  })

  test('wrong ones are reported after handshakes that were spaced', async () => {
    bench.device.credentials = { username: 'other@example.com', password: 'other' }
    const error = failure(await connect(bench).turnOff('0', signal()))
    expect(error).toMatchObject({ code: 'credentials-refused', mayHaveLanded: false })
    expect(error.sentence).toContain('4 handshakes')
    expect(bench.slept).toEqual([1000, 2000, 4000])
    expect(bench.device.handshakes).toBe(4)
  })

  test('a throttled handshake in the middle of an OFF keeps its doubt', async () => {
    bench.device.script('request', 'well', 'hang-up')
    bench.device.script('handshake1', 'well', 'mismatch', 'mismatch', 'mismatch', 'mismatch')
    const error = failure(await connect(bench).turnOff('0', signal()))
    expect(error).toMatchObject({ code: 'credentials-refused', mayHaveLanded: true })
  })

  test('a secret that is missing is named', async () => {
    delete process.env.KASA_TEST_PASSWORD
    const error = failure(await connect(bench).identify(signal()))
    expect(error.code).toBe('credentials-refused')
    expect(error.sentence).toContain('KASA_TEST_PASSWORD')
  })

  test('a rotated secret takes effect', async () => {
    process.env.KASA_TEST_PASSWORD = 'outdated'
    bench.atPause = () => {
      process.env.KASA_TEST_PASSWORD = PASSWORD
    }
    expect(await connect(bench).identify(signal())).toMatchObject({ ok: true })
  })
})

describe('which protocol it speaks', () => {
  test('flips to legacy and back without a word', async () => {
    const client = connect(bench)
    expect(await client.identify(signal())).toMatchObject({ value: { transport: 'klap-v2' } })
    await bench.device.closeKlap()
    await bench.device.openLegacy()
    expect(await client.turnOff('4', signal())).toMatchObject({ ok: true, value: { state: 'off' } })
    expect(await client.identify(signal())).toMatchObject({ value: { transport: 'legacy-xor' } })
    await bench.device.closeLegacy()
    await bench.device.openKlap()
    expect(await client.turnOn('4', signal())).toMatchObject({ ok: true, value: { state: 'on' } })
    expect(await client.identify(signal())).toMatchObject({ value: { transport: 'klap-v2' } })
    expect(bench.slept).toEqual([])
    expect(withoutContext(bench)).toEqual([])
  })

  test.each(['garbage', 'hang-up', 'mismatch', { status: 400 }, { status: 404 }] as const)(
    'a KLAP port that no longer answers as it should (%j) gives way to legacy',
    async (deed) => {
      bench.device.always('handshake1', deed)
      await bench.device.openLegacy()
      expect(await connect(bench).identify(signal())).toMatchObject({ value: { transport: 'legacy-xor' } })
    },
  )

  test('what worked is asked first the next time', async () => {
    bench.device.always('handshake1', { status: 400 })
    await bench.device.openLegacy()
    const client = connect(bench)
    for (let call = 0; call < 3; call += 1) expect(await client.identify(signal())).toMatchObject({ ok: true })
    expect(bench.device.handshakes).toBe(1)
  })

  test('a session that fails is no reason to speak legacy', async () => {
    await bench.device.openLegacy()
    bench.device.script('request', 'well', 'hang-up', 'garbage')
    expect(await connect(bench).turnOff('0', signal())).toMatchObject({ ok: true, value: { state: 'off' } })
    expect(bench.device.legacyAsked).toBe(0)
  })

  test('a KLAP port that is silent gives way to legacy at the next try', async () => {
    bench.device.always('handshake1', 'silent')
    await bench.device.openLegacy()
    expect(await connect(bench, { timeout: 400 }).identify(signal())).toMatchObject({
      value: { transport: 'legacy-xor' },
    })
  })

  test.each(['garbage', 'hang-up', 'cut', 'not-json'] as const)(
    'a bad legacy answer (%s) is asked for again',
    async (deed) => {
      await bench.device.openLegacy()
      bench.device.script('legacy', 'well', deed)
      const client = connect(bench, { transport: 'legacy' })
      expect(await client.turnOff('0', signal())).toMatchObject({ ok: true, value: { state: 'off' } })
      expect(bench.slept).toEqual([250])
    },
  )

  test('a doubled legacy answer is one answer', async () => {
    await bench.device.openLegacy()
    bench.device.always('legacy', 'doubled')
    expect(await connect(bench, { transport: 'legacy' }).turnOff('0', signal())).toMatchObject({
      value: { state: 'off' },
    })
  })

  test('a legacy OFF without an answer may have landed', async () => {
    await bench.device.openLegacy()
    bench.device.script('legacy', 'well', 'silent', 'silent', 'silent')
    const error = failure(await connect(bench, { transport: 'legacy', timeout: 400 }).turnOff('0', signal()))
    expect(error).toMatchObject({ code: 'timeout', mayHaveLanded: true })
  })

  test('the one that is configured is the only one tried', async () => {
    await bench.device.openLegacy()
    await bench.device.closeKlap()
    expect(failure(await connect(bench, { transport: 'klap' }).identify(signal())).code).toBe('unreachable')
    expect(await connect(bench).identify(signal())).toMatchObject({ ok: true })
  })

  test('nothing there: both ports are named', async () => {
    await bench.device.closeKlap()
    const error = failure(await connect(bench).turnOff('0', signal()))
    expect(error).toMatchObject({ code: 'unreachable', mayHaveLanded: false })
    expect(error.sentence).toContain(`port ${bench.device.httpPort} is closed`)
    expect(error.sentence).toContain(`port ${bench.device.legacyPort} is closed`)
  })
})
