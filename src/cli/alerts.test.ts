import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { LEGS, troubled } from '../../test/faces/alert-situation.ts'
import { run } from '../../test/faces/command-line.ts'
import type { FakeAlerting } from '../../test/faces/fake-alerting.ts'
import { type Serving, serving } from '../../test/faces/serving.ts'
import { alertReport, alerts, deliveries, drill, legsAnswer, silences } from '../api/api.ts'

let served: Serving
let alerting: FakeAlerting
beforeAll(async () => {
  served = await serving()
})
afterAll(() => served.close())
beforeEach(() => {
  alerting = troubled()
  served.daemon.alerting = alerting
})

const ask = (...args: string[]) => run(['alerts', ...args, '--state-directory', served.directory])
const json = async (...args: string[]) => JSON.parse((await ask(...args, '--json')).out)

describe('alerts', () => {
  it('list shows those that fire, and with --all the others', async () => {
    const firing = await ask('list')
    expect([firing.code, firing.err]).toEqual([0, ''])
    expect(firing.out).toMatch(/^ID +SEVERITY +STATE/)
    expect(firing.out).toContain('folded into 11')
    expect(firing.out).not.toContain('ProxmoxBackupFailed')
    expect((await ask('list', '--all')).out).toContain('ProxmoxBackupFailed')
    expect((await ask('list', '--limit', '1')).out).not.toContain('HostDown')
    expect(alerts.parse(await json('list')).alerts.map(({ id }) => id)).toEqual([12, 11, 9])
    alerting.incidents = []
    expect((await ask('list')).out).toBe('No alert fires.\n')
    expect((await ask('list', '--all')).out).toBe('There has been no alert.\n')
  })

  it('show tells one, also that it is not there', async () => {
    const { code, out } = await ask('show', '11')
    expect([code, out]).toEqual([0, expect.stringMatching(/^11 {2}HostDown: pve2 is down\n/)])
    expect(alertReport.parse(await json('show', '11')).folded).toBe(1)
    expect(await ask('show', '99')).toEqual({ code: 1, out: '', err: 'There is no alert 99.\n' })
  })

  it('silences and dead show what there is', async () => {
    expect((await ask('silences')).out).toContain('host=nas')
    expect(silences.parse(await json('silences')).silences).toHaveLength(2)
    alerting.silenced = []
    expect((await ask('silences')).out).toBe('Nothing is silenced.\n')
    expect((await ask('dead')).out).toContain('not-found: it answered 404: Unknown Webhook')
    expect((await ask('dead', '--channel', 'phone')).out).toBe('There are no dead letters.\n')
    expect(deliveries.parse(await json('dead')).deliveries.map(({ id }) => id)).toEqual([22, 19])
  })

  it.each([
    [
      ['ack', '11'],
      ['acknowledge', 11, 'cli:anna', ''],
    ],
    [
      ['ack', '11', '--comment', 'on my way'],
      ['acknowledge', 11, 'cli:anna', 'on my way'],
    ],
    [
      ['silence', 'host=nas', 'guest=~"10.*"', '--for', '2h', '--comment', 'new disks'],
      ['silence', { by: 'cli:anna', matchers: ['host=nas', 'guest=~"10.*"'], forMs: 7_200_000, comment: 'new disks' }],
    ],
    [
      ['unsilence', '3'],
      ['endSilence', 3, 'cli:anna'],
    ],
    [
      ['replay', '22', '19'],
      ['replay', { ids: [22, 19] }, 'cli:anna'],
    ],
    [
      ['replay', '--channel', 'chat'],
      ['replay', { channel: 'chat' }, 'cli:anna'],
    ],
    [
      ['replay', '--all'],
      ['replay', {}, 'cli:anna'],
    ],
  ])('%j', async (args, asked) => {
    const { code, out, err } = await ask(...args)
    expect([code, err]).toEqual([0, ''])
    expect(out).toBe(args[0] === 'silence' ? 'Done. `alerts unsilence 7` ends it.\n' : 'Done.\n')
    expect(alerting.asked).toEqual([asked])
  })

  it('tells a refusal on standard error, without what a terminal would take as a command', async () => {
    alerting.answer = { ok: false, code: 'unknown', sentence: 'No alert \u001b[2J there.' }
    expect(await ask('ack', '11')).toEqual({ code: 1, out: '', err: 'Refused: No alert  [2J there.\n' })
  })

  it.each([
    ['ack'],
    ['ack', 'x'],
    ['ack', '0'],
    ['show', '1e3'],
    ['silence', '--for', '2h'],
    ['silence', 'host=nas'],
    ['silence', 'host=nas', '--for', 'long'],
    ['unsilence'],
    ['replay'],
    ['replay', '22', '--all'],
    ['replay', '--channel', 'chat', '--all'],
    ['replay', 'x'],
    ['list', '--limit', '0'],
    ['nonsense'],
  ])('does nothing for %s %s %s %s', async (...args) => {
    expect(await ask(...args.filter((arg) => arg !== undefined))).toMatchObject({
      code: 64,
      out: '',
      err: expect.stringMatching(/\S/),
    })
    expect(alerting.asked).toEqual([])
  })

  it('drill tells each leg with its latency and proof, and fails where one does', async () => {
    const { code, out } = await ask('drill')
    expect(code).toBe(1)
    expect(out).toMatch(/phone +ok +812 ms +seen in it/)
    expect(out).toMatch(/prometheus +FAILED +90 s/)
    expect(out).toContain('1 of 3 failed.')
    expect(drill.parse(await json('drill')).ok).toBe(false)
    alerting.legs = LEGS.slice(0, 2)
    expect(await ask('drill', '--channel', 'phone')).toMatchObject({ code: 0, err: '' })
    expect(alerting.asked.at(-1)).toEqual(['drill', 'phone'])
  })

  it('test sends through each channel or one', async () => {
    expect(await ask('test')).toMatchObject({ code: 1, out: expect.stringContaining('1 of 3 failed.') })
    alerting.legs = LEGS.slice(0, 2)
    expect(await ask('test', '--channel', 'chat')).toMatchObject({
      code: 0,
      out: expect.stringContaining('All 2 took it.'),
    })
    expect(legsAnswer.parse(await json('test')).ok).toBe(true)
    expect(await ask('test', '--channel', 'pager')).toMatchObject({
      code: 1,
      err: 'No channel called pager is configured; there are phone, chat, console.\n',
    })
  })

  it('without an alert path says so', async () => {
    served.daemon.alerting = undefined
    for (const args of [
      ['list'],
      ['show', '1'],
      ['ack', '1'],
      ['silences'],
      ['dead'],
      ['drill'],
      ['replay', '--all'],
    ]) {
      expect(await ask(...args)).toEqual({ code: 69, out: '', err: 'No alert path runs here.\n' })
    }
  })
})
