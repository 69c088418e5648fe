import { afterEach, describe, expect, test } from 'vitest'
import type { Garbage, Mishap } from './faults.ts'
import { cleanUp, codes, failure, isOn, OK, relay, SYSINFO, shaken, start, xorClientOf } from './test-bench.ts'

afterEach(cleanUp)

describe('mishaps', () => {
  test.each<[string, Mishap, string, boolean]>([
    ['a lost command', { kind: 'lose-command', count: 1 }, 'ECONNRESET', true],
    ['a lost answer', { kind: 'lose-answer', count: 1 }, 'ECONNRESET', false],
    ['a silent loss', { kind: 'lose-answer', count: 1, how: 'silence' }, 'TIMEOUT', false],
    ['an acknowledgement only', { kind: 'ack-without-applying', count: 1 }, 'answered', true],
    ['an error', { kind: 'error-answer', count: 1, errCode: -20, errMsg: 'no' }, 'answered', true],
  ])('%s', async (_name, mishap, outcome, on) => {
    const lab = await start()
    lab.strip('strip').plan(mishap)
    const client = await shaken(lab)
    await client.query(SYSINFO)
    expect(await failure(client.send(relay(0, 0), {}, 300))).toBe(outcome)
    expect(isOn(lab, 0)).toBe(on)
    const again = await shaken(lab)
    expect(await again.query(relay(1, 0))).toEqual(OK)
    expect(isOn(lab, 1)).toBe(false)
  })

  test('a late command lands when nobody expects it', async () => {
    const lab = await start({ timeScale: 1000 })
    lab.strip('strip').plan({ kind: 'late-command', count: 1, delayMs: 300_000 })
    lab.strip('strip').plan({ kind: 'repeat-command', count: 1, delayMs: 300_000 })
    const client = await shaken(lab)
    expect(await failure(client.send(relay(0, 0)))).toBe('ECONNRESET')
    expect(isOn(lab, 0)).toBe(true)
    expect(await lab.until((state) => !state.hosts[0]!.hasPower, 5000)).toBe(true)
    const again = await shaken(lab)
    await again.query(relay(1, 0))
    await lab.act({ kind: 'person-switches', strip: 'strip', outlet: 1, on: true })
    expect(await lab.until((state) => !state.strips[0]!.outlets[1]!.on, 5000)).toBe(true)
  })

  test.each<[Garbage, string]>([
    ['not-http', 'HPE'],
    ['truncated', 'ECONNRESET'],
    ['endless', 'TIMEOUT'],
    ['undecryptable', 'answered'],
    ['bad-signature', 'answered'],
    ['not-json', 'answered'],
    ['not-an-object', 'answered'],
    ['empty', 'answered'],
  ])('garbage: %s', async (garbage, outcome) => {
    const lab = await start()
    lab.strip('strip').plan({ kind: 'garbage-answer', count: 1, garbage })
    const client = await shaken(lab)
    const sent = client.send(relay(0, 0), {}, 300)
    const told = await failure(sent)
    if (garbage === 'not-http') expect(told).toMatch(/^HPE_/)
    else expect(told).toBe(outcome)
    expect(isOn(lab, 0)).toBe(false)
    if (outcome !== 'answered') return
    const { body } = await sent
    if (garbage === 'not-an-object') expect(client.open(body)).toBe('ok')
    else expect(() => client.open(body)).toThrow()
  })

  test('doubled answers come twice over the wire', async () => {
    const lab = await start({ transport: 'legacy-xor' })
    lab.strip('strip').plan({ kind: 'double-answer', count: 1, of: 'any' })
    const client = xorClientOf(lab)
    const first = await client.query(SYSINFO)
    expect(JSON.parse(await client.frame())).toEqual(first)
    await lab.strip('strip').setTransport('klap-v2')
    lab.strip('strip').plan({ kind: 'double-answer', count: 1, of: 'any' })
    const klap = await shaken(lab)
    expect((await klap.query(SYSINFO)).system.get_sysinfo.child_num).toBe(6)
    // The second answer waits in the connection that a careless client would use again.
    await expect.poll(() => failure(klap.send(SYSINFO))).toMatch(/answered|HPE_|ECONNRESET|EPIPE/)
  })

  test('fragments, closed connections and slowness are still answers; a slow command lands for nobody', async () => {
    const lab = await start()
    const strip = lab.strip('strip')
    strip.set({ fragmentAnswers: true, closesConnections: true })
    const client = await shaken(lab)
    expect((await client.query(SYSINFO)).system.get_sysinfo.child_num).toBe(6)
    strip.set({ fragmentAnswers: false, closesConnections: false, slowMs: 250 })
    expect(await failure(client.send(relay(0, 0), {}, 60))).toBe('TIMEOUT')
    expect(isOn(lab, 0)).toBe(true)
    expect(await lab.until((state) => !state.hosts[0]!.hasPower, 3000)).toBe(true)
    strip.set({ slowMs: 0, ackWithoutApplying: true })
    const again = await shaken(lab)
    expect(await again.query(relay(0, 1))).toEqual(OK)
    expect(isOn(lab, 0)).toBe(false)
    expect(codes(lab)).toEqual([])
  })

  test('one query at a time: a second one is reset and recorded', async () => {
    const lab = await start()
    const one = await shaken(lab)
    const two = await shaken(lab)
    lab.strip('strip').set({ slowMs: 200 })
    const slow = one.query(SYSINFO)
    await expect.poll(() => failure(two.send(SYSINFO))).toBe('ECONNRESET')
    expect((await slow).system.get_sysinfo.child_num).toBe(6)
    expect(codes(lab)).toContain('concurrent-query')
  })
})
