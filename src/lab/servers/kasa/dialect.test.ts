import { afterEach, describe, expect, test } from 'vitest'
import { child, cleanUp, codes, DEVICE, isOn, OK, relay, SYSINFO, shaken, start } from './test-bench.ts'

afterEach(cleanUp)

describe('the dialect', () => {
  test('switches one outlet, reads it back and meters it', async () => {
    const lab = await start()
    const client = await shaken(lab)
    const meter = async (outlet: number) =>
      (await client.query({ ...child(outlet), emeter: { get_realtime: {} } })).emeter.get_realtime
    expect(await meter(0)).toMatchObject({ power_mw: 60_000, voltage_mv: 120_000, current_ma: 500, slot_id: 0 })
    expect(await client.query(relay(0, 0))).toEqual(OK)
    expect(lab.state().hosts[0]).toMatchObject({ state: 'off', hasPower: false })
    expect((await client.query(SYSINFO)).system.get_sysinfo.children.map((c: { state: number }) => c.state)).toEqual([
      0, 1, 1, 1, 1, 1,
    ])
    expect(await meter(0)).toMatchObject({ power_mw: 0 })
    lab.strip('strip').set({ meter: 'floats' })
    expect(await meter(1)).toMatchObject({ power: 60, voltage: 120, current: 0.5, err_code: 0 })
    lab.strip('strip').set({ meter: 'none' })
    expect(await client.query({ ...child(0), emeter: { get_realtime: {} } })).toEqual({
      emeter: { err_code: -1, err_msg: 'module not support' },
    })
    expect(
      lab
        .strip('strip')
        .queries()
        .map((query) => query.methods),
    ).toContain('system.set_relay_state')
    expect(
      lab
        .strip('strip')
        .queries()
        .find((query) => query.methods.includes('relay')),
    ).toMatchObject({ child: 0 })
  })

  test('sloppy switching is caught: several children, none, short and doubled ids', async () => {
    const lab = await start()
    const client = await shaken(lab)
    const set = (ids: string[] | undefined, state: unknown = 0) =>
      client.query({ ...(ids && { context: { child_ids: ids } }), system: { set_relay_state: { state } } })
    expect(await set([`${DEVICE}00`, `${DEVICE}01`])).toEqual(OK)
    expect([isOn(lab, 0), isOn(lab, 1)]).toEqual([false, true])
    const missing = { system: { set_relay_state: { err_code: -14, err_msg: 'entry not exist' } } }
    expect(await set(['01'])).toEqual(missing)
    expect(await set([`${DEVICE}${DEVICE}01`])).toEqual(missing)
    expect(await set([`${DEVICE}06`])).toEqual(missing)
    expect((await set([`${DEVICE}01`], true)).system.set_relay_state.err_code).toBe(-3)
    expect(isOn(lab, 1)).toBe(true)
    expect(await set(undefined)).toEqual(OK)
    expect(lab.state().strips[0]!.outlets.some((outlet) => outlet.on)).toBe(false)
    expect(codes(lab)).toEqual([
      'several-children',
      'short-child-id',
      'child-id-prefixed-twice',
      'relay-without-context',
    ])
    expect(lab.state().violations).toHaveLength(4)
  })

  test('two-digit child ids are listed; commands need the full ones', async () => {
    const lab = await start()
    lab.strip('strip').set({ twoDigitChildIds: true })
    const client = await shaken(lab)
    const { children } = (await client.query(SYSINFO)).system.get_sysinfo
    expect(children.map((c: { id: string }) => c.id)).toEqual(['00', '01', '02', '03', '04', '05'])
    expect(await client.query(relay(5, 0))).toEqual(OK)
    expect(isOn(lab, 5)).toBe(false)
  })

  test('count-down: one rule an outlet, fires in the time of the lab, may not be there', async () => {
    const lab = await start({ timeScale: 1000 })
    const client = await shaken(lab)
    const count = (method: string, given = {}) => client.query({ ...child(0), count_down: { [method]: given } })
    const rule = { enable: 1, delay: 660, act: 1, name: 'restore' }
    expect((await count('add_rule', rule)).count_down.add_rule).toMatchObject({ err_code: 0 })
    expect((await count('add_rule', rule)).count_down.add_rule).toEqual({ err_code: -10, err_msg: 'table is full' })
    expect((await count('get_rules')).count_down.get_rules.rule_list[0]).toMatchObject({
      delay: 660,
      act: 1,
      enable: 1,
    })
    await client.query(relay(0, 0))
    expect(await lab.until((state) => state.hosts[0]!.hasPower, 5000)).toBe(true)
    expect(lab.state().switchings.at(-1)).toMatchObject({ outlet: 0, on: true, by: 'timer' })
    expect((await count('add_rule', rule)).count_down.add_rule.err_code).toBe(-10)
    expect((await count('delete_all_rules')).count_down.delete_all_rules).toEqual({ err_code: 0 })
    expect((await count('add_rule', { ...rule, delay: 0 })).count_down.add_rule.err_code).toBe(-3)
    expect((await count('add_rule', rule)).count_down.add_rule.err_code).toBe(0)
    await lab.act({ kind: 'set-timers', strip: 'strip', supported: false })
    expect(await count('add_rule', rule)).toEqual({ count_down: { err_code: -1, err_msg: 'module not support' } })
  })

  test('unknown words are told as such', async () => {
    const lab = await start()
    const client = await shaken(lab)
    expect(await client.query({ schedule: { get_rules: {} } })).toEqual({
      schedule: { err_code: -1, err_msg: 'module not support' },
    })
    expect((await client.query({ system: { dance: {} } })).system.dance.err_code).toBe(-2)
    expect((await client.query([])).err_code).toBe(-2)
  })
})
