import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PUSHES, pushed } from '../../../../test/peers/alertmanager-pushes.ts'
import { AlertmanagerManners } from './alertmanager.ts'
import { ChannelServer } from './channel-server.ts'

let now = Date.UTC(2026, 2, 1)
const manners = new AlertmanagerManners(() => now)
let server: ChannelServer
beforeAll(async () => {
  server = await ChannelServer.open(manners)
})
afterAll(() => server.stop())

describe('the emulated Alertmanager', () => {
  it.each(PUSHES)('answers %s as the real one', async (_, push, status) => {
    expect(await pushed(server.url, push)).toBe(status)
  })

  it('takes the good ones beside a bad one, and forgets what is over', async () => {
    manners.alerts.clear()
    await pushed(server.url, { body: [{ labels: { '1': 'x' } }, { labels: { alertname: 'a"b\\c\nd', empty: '' } }] })
    const listed = async (filter = '') => (await fetch(`${server.url}/api/v2/alerts${filter}`)).json()
    const filter = `?filter=${encodeURIComponent('alertname="a\\"b\\\\c\\nd"')}`
    expect(await listed(filter)).toMatchObject([{ labels: { alertname: 'a"b\\c\nd' } }])
    now += 300_001
    expect([await listed(), manners.alerts.size]).toEqual([[], 1])
  })
})
