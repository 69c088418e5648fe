import { describe, expect, test } from 'vitest'
import { answerTo, holdsTurnOnRule, parseObject, parseWatts, tame } from './iot-answer.ts'
import { addTimerMessage, childTarget, meterMessage, relayMessage, sysinfoMessage } from './iot-message.ts'
import { parseSysinfo } from './iot-sysinfo.ts'

const deviceId = '8006AAAABBBBCCCCDDDDEEEEFFFF00001111AB12'
const ids = ['00', '01', '02'].map((slot) => `${deviceId}${slot}`)
const strip = (children: unknown, more: object = {}) => ({ deviceId, model: 'HS300(US)', children, ...more })
const target = (id: string) => childTarget(deviceId, id)
const childIds = (info: unknown) => {
  const parsed = parseSysinfo(info)
  return parsed.ok && parsed.value.outlets.map((outlet) => outlet.target.kind === 'child' && outlet.target.childId)
}

describe('messages', () => {
  test('a command carries exactly one child', () => {
    expect(relayMessage(target('03'), 'off').text).toBe(
      `{"context":{"child_ids":["${deviceId}03"]},"system":{"set_relay_state":{"state":0}}}`,
    )
    expect(meterMessage(target('00')).text).toBe(
      `{"context":{"child_ids":["${deviceId}00"]},"emeter":{"get_realtime":{}}}`,
    )
    expect(addTimerMessage(target('01'), 660).text).toBe(
      `{"context":{"child_ids":["${deviceId}01"]},` +
        '"count_down":{"add_rule":{"enable":1,"delay":660,"act":1,"name":"restore"}}}',
    )
  })

  test('a plug has no context', () => {
    expect(relayMessage({ kind: 'plug' }, 'on').text).toBe('{"system":{"set_relay_state":{"state":1}}}')
  })

  test('a short id is completed, a full one never again', () => {
    expect(target('04').childId).toBe(`${deviceId}04`)
    expect(target(`${deviceId}04`).childId).toBe(`${deviceId}04`)
    expect(childTarget(deviceId, target('04').childId).childId).toBe(`${deviceId}04`)
  })

  test('an id that could break out of its place is no id', () => {
    expect(() => target('"],"x":["')).toThrow()
    expect(() => target('')).toThrow()
  })
})

describe('get_sysinfo', () => {
  test('a strip, numbered from 0', () => {
    const children = ids.map((id, index) => ({ id, alias: `a${index}`, state: index % 2 }))
    const parsed = parseSysinfo(
      strip(children, { child_num: 3, alias: 'rack', hw_ver: '2.0', sw_ver: '1.1.2', feature: 'TIM:ENE' }),
    )
    expect(parsed).toMatchObject({
      ok: true,
      value: { deviceId, model: 'HS300(US)', firmware: '2.0 / 1.1.2', alias: 'rack', metered: true },
    })
    expect(parsed.ok && parsed.value.outlets.map(({ outlet, state, alias }) => `${outlet} ${alias} ${state}`)).toEqual([
      '0 a0 off',
      '1 a1 on',
      '2 a2 off',
    ])
  })

  test('two-digit ids and full ids address the same', () => {
    expect(childIds(strip([{ id: '00' }, { id: '01' }, { id: '02' }]))).toEqual(ids)
    expect(childIds(strip(ids.map((id) => ({ id }))))).toEqual(ids)
  })

  test('a list out of order is put in the order of its sockets', () => {
    expect(childIds(strip([{ id: ids[2] }, { id: ids[0] }, { id: ids[1] }]))).toEqual(ids)
    expect(childIds(strip([{ id: 'AB17' }, { id: 'AB09' }]))).toEqual(['AB17', 'AB09'])
  })

  test('a state that is neither 0 nor 1 is unknown', () => {
    const parsed = parseSysinfo(strip([{ id: '00', state: 2 }, { id: '01' }, { id: '02', state: '1' }]))
    expect(parsed.ok && parsed.value.outlets.map(({ state }) => state)).toEqual(['unknown', 'unknown', 'unknown'])
  })

  test('what it need not know may be missing or odd', () => {
    const parsed = parseSysinfo({ deviceId, relay_state: 1, model: 7, alias: null, feature: 3 })
    expect(parsed).toMatchObject({ ok: true, value: { model: 'unknown model', metered: true } })
  })

  test('no meter where the features leave it out', () => {
    expect(parseSysinfo({ deviceId, relay_state: 1, feature: 'TIM' })).toMatchObject({ value: { metered: false } })
  })

  test('a plug is outlet 0', () => {
    const parsed = parseSysinfo({ deviceId, model: 'HS103(US)', alias: 'lamp', relay_state: 0 })
    expect(parsed.ok && parsed.value.outlets).toEqual([
      { outlet: '0', state: 'off', alias: 'lamp', target: { kind: 'plug' } },
    ])
  })

  test.each([
    ['a strip without its children', { deviceId, model: 'HS300(US)', relay_state: 1 }],
    ['a strip that announces children', { deviceId, model: 'new', child_num: 6, relay_state: 1 }],
    ['a strip with an empty list', { deviceId, model: 'KP303(UK)', children: [], relay_state: 1 }],
    ['a list cut short', strip([{ id: '00' }], { child_num: 6 })],
    ['a child twice', strip([{ id: '00' }, { id: `${deviceId}00` }])],
    ['a child without id', strip([{ id: '' }])],
    ['no device id', { model: 'HS300(US)', relay_state: 1 }],
    ['a bulb', { deviceId, model: 'LB130' }],
    ['nothing', undefined],
    ['a list', []],
  ])('%s is malformed, never a plug', (_, info) => {
    expect(parseSysinfo(info)).toMatchObject({ ok: false, odd: expect.any(String) })
  })
})

describe('answers', () => {
  const relay = relayMessage(target('00'), 'on')

  test.each([
    ['in the method', { system: { set_relay_state: { err_code: -14, err_msg: 'entry not exist' } } }, -14],
    ['in the module', { system: { err_code: -1, err_msg: 'module not support' } }, -1],
    ['at the top', { err_code: -3 }, -3],
  ])('an error %s', (_, reply, errorCode) => {
    expect(answerTo(relay, reply)).toMatchObject({ kind: 'refused', errorCode })
  })

  test('success', () => {
    expect(answerTo(relay, { system: { set_relay_state: { err_code: 0 } } })).toMatchObject({ kind: 'answer' })
  })

  test.each([
    ['nothing', {}],
    ['another module', { emeter: { get_realtime: {} } }],
    ['no error code', { system: { set_relay_state: {} } }],
    ['an odd type', { system: { set_relay_state: 'ok' } }],
    ['a list', { system: [] }],
  ])('%s is malformed', (_, reply) => {
    expect(answerTo(relay, reply)).toMatchObject({ kind: 'malformed' })
  })

  test('a read needs no error code', () => {
    expect(answerTo(sysinfoMessage(), { system: { get_sysinfo: { deviceId } } })).toMatchObject({ kind: 'answer' })
  })

  test.each([
    [{ power_mw: 45_600 }, 45.6],
    [{ power: 12.5 }, 12.5],
    [{ power_mw: 0 }, 0],
    [{ power: -1 }, undefined],
    [{ power: 'lots' }, undefined],
    [{}, undefined],
  ])('watts of %j', (answer, watts) => {
    expect(parseWatts(answer)).toBe(watts)
  })

  test('rules that turn on', () => {
    expect(holdsTurnOnRule({ rule_list: [{ enable: 1, act: 1 }] })).toBe(true)
    expect(holdsTurnOnRule({ rule_list: [{ enable: 0, act: 1 }] })).toBe(false)
    expect(holdsTurnOnRule({ rule_list: [{ enable: 1, act: 0 }] })).toBe(false)
    expect(holdsTurnOnRule({ rule_list: [] })).toBe(false)
    expect(holdsTurnOnRule({})).toBeUndefined()
  })

  test('only objects are replies', () => {
    expect(parseObject('{"a":1}')).toEqual({ a: 1 })
    for (const text of ['', '[]', 'null', '"x"', '{"a":', '\u0000']) expect(parseObject(text)).toBeUndefined()
  })

  test('text from a device cannot reach into a terminal', () => {
    expect(tame('\u001b[31mred\u0007\nline')).toBe('[31mred  line')
    expect(tame('x'.repeat(500))).toHaveLength(64)
  })
})
