import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import { connect, deviceBench, failure, signal } from './testing/device-bench.ts'

const bench = deviceBench()

describe('giving up', () => {
  test('is not listened for once a call has ended', async () => {
    const controller = new AbortController()
    await connect(bench).turnOff('0', controller.signal)
    await connect(bench, { transport: 'legacy' }).turnOff('0', controller.signal)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  test('before anything', async () => {
    expect(failure(await connect(bench).turnOff('0', AbortSignal.abort()))).toMatchObject({
      code: 'aborted',
      mayHaveLanded: false,
    })
    expect(bench.device.paths).toEqual([])
  })

  test('in the middle of a look: nothing landed', async () => {
    const controller = new AbortController()
    bench.device.always('request', 'silent')
    bench.device.answer = () => {
      controller.abort()
      return undefined
    }
    expect(failure(await connect(bench).turnOff('0', controller.signal))).toMatchObject({
      code: 'aborted',
      mayHaveLanded: false,
    })
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  test('in the middle of an OFF: it may have landed', async () => {
    const controller = new AbortController()
    bench.device.script('request', 'well', 'silent')
    bench.device.answer = (message) => {
      if (JSON.stringify(message).includes('set_relay_state')) controller.abort()
      return undefined
    }
    expect(failure(await connect(bench).turnOff('0', controller.signal))).toMatchObject({
      code: 'aborted',
      mayHaveLanded: true,
    })
  })

  test('between two tries', async () => {
    const controller = new AbortController()
    bench.device.always('handshake1', 'hang-up')
    bench.atPause = () => controller.abort()
    expect(failure(await connect(bench).turnOff('0', controller.signal)).code).toBe('aborted')
    expect(bench.slept).toEqual([250])
  })

  test('while another question is in flight does not wait for it, nor hold up the next', async () => {
    const client = connect(bench)
    const first = new AbortController()
    const arrived = Promise.withResolvers<void>()
    bench.device.script('request', 'silent')
    bench.device.answer = () => {
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
    bench.device.always('request', 'silent')
    const client = connect(bench)
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
    bench.device.answer = (message) => {
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
    const rules: Rules = new Map([[`${bench.device.deviceId}01`, 5]])
    withTimers(rules, { lists })
    const client = connect(bench)
    expect(await client.arm('1', 660, signal())).toEqual({ ok: true, value: undefined })
    expect(rules).toEqual(new Map([[`${bench.device.deviceId}01`, 660]]))
    expect(await client.disarm('1', signal())).toEqual({ ok: true, value: undefined })
    expect(rules.size).toBe(0)
  })

  test('a rule whose answer was lost does not stand in its own way', async () => {
    const rules: Rules = new Map()
    withTimers(rules)
    bench.device.script('request', 'well', 'well', 'hang-up')
    expect(await connect(bench).arm('1', 660, signal())).toMatchObject({ ok: true })
    expect(rules.size).toBe(1)
  })

  test('a table that stays full is a refusal', async () => {
    bench.device.answer = (message) =>
      message.count_down === undefined
        ? undefined
        : { count_down: { delete_all_rules: { err_code: 0 }, add_rule: { err_code: -10, err_msg: 'table is full' } } }
    const error = failure(await connect(bench).arm('1', 660, signal()))
    expect(error.code).toBe('refused')
    expect(error.sentence).toContain('table is full')
  })

  test('that is acknowledged but not there is no timer', async () => {
    withTimers(new Map(), { forgets: true })
    expect(failure(await connect(bench).arm('1', 660, signal())).code).toBe('refused')
  })

  test('firmware without timers', async () => {
    const client = connect(bench)
    expect(failure(await client.arm('1', 660, signal()))).toMatchObject({ code: 'not-supported', mayHaveLanded: false })
    expect(failure(await client.disarm('1', signal()))).toMatchObject({ code: 'not-supported', mayHaveLanded: false })
  })
})
