import { describe, expect, test } from 'vitest'
import { connect, deviceBench, failure, relayMessages, signal, withoutContext } from './testing/device-bench.ts'

const bench = deviceBench()

describe('reading', () => {
  test('identifies a strip', async () => {
    const outcome = await connect(bench).identify(signal())
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        deviceId: bench.device.deviceId,
        model: 'HS300(US)',
        firmware: '2.0 / 1.1.2 Build 241220 Rel.171333',
        transport: 'klap-v2',
      },
    })
    expect(outcome.ok && outcome.value.outlets[4]).toEqual({ outlet: '4', state: 'on', alias: 'socket 4' })
  })

  test('KLAP v1 is told from the same handshake', async () => {
    bench.device.version = 'v1'
    expect(await connect(bench).identify(signal())).toMatchObject({ ok: true, value: { transport: 'klap-v1' } })
    expect(bench.device.handshakes).toBe(1)
  })

  test.each([
    { username: 'kasa@tp-link.net', password: 'kasaSetup' },
    { username: 'test@tp-link.net', password: 'test' },
    { username: '', password: '' },
  ])('a device that went back to the account "$username"', async (credentials) => {
    bench.device.credentials = credentials
    expect(await connect(bench).identify(signal())).toMatchObject({ ok: true })
    expect(bench.device.handshakes).toBe(1)
  })

  test('all outlets, one meter question a child', async () => {
    bench.device.states[2] = 0
    const outcome = await connect(bench).readAll(signal())
    expect(outcome.ok && outcome.value.map(({ outlet, state, watts }) => `${outlet} ${state} ${watts}`)).toEqual([
      '0 on 1',
      '1 on 2',
      '2 off 3',
      '3 on 4',
      '4 on 5',
      '5 on 6',
    ])
    expect(bench.device.handshakes).toBe(1)
    expect(new Set(bench.device.cookies.slice(1))).toHaveLength(1)
    expect(bench.device.cookies.at(-1)).toMatch(/^TP_SESSIONID=[0-9A-F]+$/)
  })

  test('one outlet, by number alone', async () => {
    const client = connect(bench)
    expect(await client.read('5', signal())).toMatchObject({ value: { outlet: '5', alias: 'socket 5', watts: 6 } })
    for (const outlet of ['6', '-1', 'socket 5', '05', '']) {
      expect(failure(await client.read(outlet, signal())).code).toBe('no-such-outlet')
    }
  })

  test('a meter that fails for one child leaves out the watts of that one', async () => {
    bench.device.answer = (message) =>
      JSON.stringify(message).includes(`${bench.device.deviceId}01"]},"emeter"`)
        ? { emeter: { get_realtime: { err_code: -14, err_msg: 'entry not exist' } } }
        : undefined
    const outcome = await connect(bench).readAll(signal())
    expect(outcome.ok && outcome.value.map(({ watts }) => watts)).toEqual([1, undefined, 3, 4, 5, 6])
  })

  test('a device without a meter is asked for none', async () => {
    bench.device.sysinfo = () => ({ ...bench.device.stripSysinfo(), feature: 'TIM' })
    const outcome = await connect(bench).readAll(signal())
    expect(outcome.ok && outcome.value[0]).toEqual({ outlet: '0', state: 'on', alias: 'socket 0' })
    expect(bench.device.asked).toHaveLength(1)
  })

  test('a meter that is not supported is asked for once', async () => {
    bench.device.answer = (message) =>
      message.emeter === undefined ? undefined : { emeter: { err_code: -1, err_msg: 'module not support' } }
    expect(await connect(bench).readAll(signal())).toMatchObject({ ok: true })
    expect(bench.device.asked).toHaveLength(2)
  })

  test('an answer that makes no sense is told as such', async () => {
    bench.device.sysinfo = () => ({ model: 'HS300(US)' })
    const error = failure(await connect(bench).readAll(signal()))
    expect(error).toMatchObject({ code: 'malformed-answer', mayHaveLanded: false })
    expect(error.sentence).toContain('deviceId')
  })
})

describe('switching', () => {
  test('turns one child off and on and answers what it reads back', async () => {
    const client = connect(bench)
    expect(await client.turnOff('3', signal())).toMatchObject({ ok: true, value: { outlet: '3', state: 'off' } })
    expect(bench.device.states).toEqual([1, 1, 1, 0, 1, 1])
    expect(await client.turnOn('3', signal())).toMatchObject({ ok: true, value: { outlet: '3', state: 'on' } })
    expect(bench.device.states).toEqual([1, 1, 1, 1, 1, 1])
    expect(relayMessages(bench).map(({ context }) => context)).toEqual(
      Array.from({ length: 2 }, () => ({ child_ids: [`${bench.device.deviceId}03`] })),
    )
  })

  test('with two-digit ids, the full id goes out', async () => {
    bench.device.sysinfo = () => ({
      ...bench.device.stripSysinfo(),
      children: bench.device.states.map((state, index) => ({ id: `0${index}`, state })),
    })
    expect(await connect(bench).turnOff('1', signal())).toMatchObject({ value: { state: 'off' } })
    expect(relayMessages(bench)[0]?.context).toEqual({ child_ids: [`${bench.device.deviceId}01`] })
  })

  test('an acknowledgement that was a lie is seen in what is read back', async () => {
    bench.device.answer = (message) =>
      JSON.stringify(message).includes('set_relay_state') ? { system: { set_relay_state: { err_code: 0 } } } : undefined
    expect(await connect(bench).turnOff('0', signal())).toMatchObject({ ok: true, value: { state: 'on' } })
  })

  test.each([
    [-14, 'entry not exist', 'no-such-outlet'],
    [-1, 'module not support', 'not-supported'],
    [-3, 'invalid argument', 'refused'],
  ])('the error %i (%s) is %s, and nothing landed', async (errorCode, words, code) => {
    bench.device.answer = (message) =>
      JSON.stringify(message).includes('set_relay_state')
        ? { system: { set_relay_state: { err_code: errorCode, err_msg: words } } }
        : undefined
    const error = failure(await connect(bench).turnOff('0', signal()))
    expect(error).toMatchObject({ code, mayHaveLanded: false })
    expect(error.sentence).toContain(words)
  })

  test('a device that vanishes after acknowledging leaves a doubt', async () => {
    bench.device.answer = (message) => {
      if (!JSON.stringify(message).includes('set_relay_state')) return undefined
      bench.device.always('request', 'hang-up')
      return { system: { set_relay_state: { err_code: 0 } } }
    }
    bench.device.script('request', 'well', 'well')
    const error = failure(await connect(bench).turnOff('0', signal()))
    expect(error).toMatchObject({ code: 'unreachable', mayHaveLanded: true })
  })

  test('another device that answers the reading back is told', async () => {
    let seen = 0
    bench.device.sysinfo = () => {
      seen += 1
      return seen === 1 ? bench.device.stripSysinfo() : { ...bench.device.stripSysinfo(), deviceId: 'F'.repeat(40) }
    }
    expect(failure(await connect(bench).turnOff('0', signal()))).toMatchObject({
      code: 'identity-mismatch',
      mayHaveLanded: true,
    })
  })

  test('questions go out one at a time', async () => {
    let inFlight = 0
    let most = 0
    bench.device.answer = () => {
      inFlight += 1
      most = Math.max(most, inFlight)
      queueMicrotask(() => (inFlight -= 1))
      return undefined
    }
    const client = connect(bench)
    const outcomes = await Promise.all([
      client.readAll(signal()),
      client.turnOff('1', signal()),
      client.read('2', signal()),
    ])
    expect(outcomes.every(({ ok }) => ok)).toBe(true)
    expect(most).toBe(1)
    expect(bench.device.handshakes).toBe(1)
  })
})

describe('a plug', () => {
  const plug = () => ({
    deviceId: bench.device.deviceId,
    model: 'HS103(US)',
    alias: 'lamp',
    relay_state: bench.device.states[0],
  })

  test('is outlet 0', async () => {
    bench.device.sysinfo = plug
    expect(await connect(bench).turnOff('0', signal())).toMatchObject({
      ok: true,
      value: { outlet: '0', state: 'off' },
    })
    expect(relayMessages(bench)).toEqual([{ system: { set_relay_state: { state: 0 } } }])
    expect(failure(await connect(bench).turnOff('1', signal())).code).toBe('no-such-outlet')
  })

  test('works with sessions that die after each request', async () => {
    bench.device.sysinfo = plug
    bench.device.always('request', 'ends-session')
    expect(await connect(bench).turnOff('0', signal())).toMatchObject({ ok: true, value: { state: 'off' } })
  })

  test('that has become a strip between two tries is never told to switch without context', async () => {
    bench.device.sysinfo = plug
    bench.device.script('request', 'well', { status: 403 })
    bench.device.answer = (message) => {
      if (JSON.stringify(message).includes('set_relay_state')) bench.device.sysinfo = () => bench.device.stripSysinfo()
      return undefined
    }
    bench.atPause = () => {
      bench.device.states.fill(1)
    }
    expect(await connect(bench).turnOff('0', signal())).toMatchObject({ ok: true, value: { state: 'off' } })
    expect(relayMessages(bench)).toHaveLength(2)
    expect(withoutContext(bench)).toHaveLength(1)
    expect(bench.device.states).toEqual([0, 1, 1, 1, 1, 1])
  })

  test('whose handshake fits once and not the next time is not told to have other credentials', async () => {
    bench.device.sysinfo = plug
    bench.device.always('request', 'ends-session')
    bench.device.script('handshake1', 'well', 'well', 'mismatch', 'well', 'mismatch')
    expect(failure(await connect(bench).turnOff('0', signal()))).toMatchObject({ code: 'refused', mayHaveLanded: true })
  })

  test('that does not answer leaves a doubt, after as many looks as tries', async () => {
    bench.device.sysinfo = plug
    bench.device.script('request', 'well', 'hang-up', 'well', 'hang-up', 'well', 'hang-up')
    expect(failure(await connect(bench).turnOff('0', signal()))).toMatchObject({
      code: 'unreachable',
      mayHaveLanded: true,
    })
  })
})
