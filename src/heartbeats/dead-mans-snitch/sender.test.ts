import { afterEach, beforeEach, expect, test } from 'vitest'
import { Disclosed } from '../../config/secret.ts'
import { ChannelServer } from '../../lab/servers/channels/channel-server.ts'
import { DeadMansSnitchManners, type LabCheckIn } from '../../lab/servers/heartbeats/dead-mans-snitch.ts'
import type { HeartbeatReport } from '../../ports/heartbeat.ts'
import { deadMansSnitchDriver } from './driver.ts'
import { schema } from './settings.ts'

const never = new AbortController().signal
const WELL: HeartbeatReport = { well: true, reasons: [], sender: 'pve-watch', runId: 'unused' }

let server: ChannelServer
let checkIns: LabCheckIn[]
beforeEach(async () => {
  checkIns = []
  const manners = new DeadMansSnitchManners()
  manners.snitches.set('c2354d53d2', checkIns)
  server = await ChannelServer.open(manners)
})
afterEach(() => server.stop())

const snitch = (token = 'c2354d53d2') =>
  deadMansSnitchDriver.create('snitch', {
    ...schema.parse({ token: { env: 'UNUSED' }, base: server.url, timeout: '5s' }),
    token: new Disclosed(token),
  })

test('checks in, and with an exit status when something is wrong', async () => {
  expect(await snitch().beat(WELL, never)).toEqual({ ok: true })
  const reasons = ['The outbox is stuck.', 'x'.repeat(1_000)]
  expect(await snitch().beat({ ...WELL, well: false, reasons }, never)).toEqual({ ok: true })
  expect(checkIns).toEqual([
    { ok: true, message: 'pve-watch: all is well' },
    { ok: false, message: expect.stringMatching(/^pve-watch: The outbox is stuck\. x+…$/) },
  ])
  expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'GET'])
})

test('an unknown token is a sentence; and no token is a way to another address', async () => {
  expect(await snitch('other').beat(WELL, never)).toMatchObject({
    code: 'not-found',
    sentence: expect.stringMatching(/no snitch/),
  })
  await snitch('../x?y#z').beat(WELL, never)
  expect(server.requests.at(-1)?.path).toBe('/..%2Fx%3Fy%23z')
})

test('what it wants to wait for is passed on', async () => {
  server.mode = 'ratelimit'
  expect(await snitch().beat(WELL, never)).toMatchObject({ code: 'rate-limited', retryAfterMs: 30_000 })
})

test('it is nosnch.in where nothing else is said', () => {
  expect(schema.parse({ token: { env: 'T' } }).base).toBe('https://nosnch.in')
})
