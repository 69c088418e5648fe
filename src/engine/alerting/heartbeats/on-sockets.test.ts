import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SystemClock } from '../../../app/system-clock.ts'
import { Disclosed } from '../../../config/secret.ts'
import type { HealthProof } from '../../../core/alerts/heartbeats/proof.ts'
import { healthchecksDriver } from '../../../heartbeats/healthchecks/driver.ts'
import { schema } from '../../../heartbeats/healthchecks/settings.ts'
import { ChannelServer } from '../../../lab/servers/channels/channel-server.ts'
import { HealthchecksManners, type LabCheck } from '../../../lab/servers/heartbeats/healthchecks.ts'
import { HeartbeatsOut } from './heartbeats-out.ts'

const UUID = '5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278'
const WELL: HealthProof = { well: true, early: false, reasons: [] }

let server: ChannelServer
let check: LabCheck
let out: HeartbeatsOut
let proof = WELL
const failing: (string | undefined)[] = []

beforeEach(async () => {
  const manners = new HealthchecksManners({
    pingKey: 'unused',
    bodyLimit: 10_000,
    saysOkAnyway: false,
    nowMs: () => performance.now(),
  })
  check = manners.add(UUID, 'watchdog')
  server = await ChannelServer.open(manners)
  const sender = healthchecksDriver.create('outside', {
    ...schema.parse({ url: { env: 'UNUSED' } }),
    url: new Disclosed(`${server.url}/${UUID}`),
  })
  out = new HeartbeatsOut({
    clock: new SystemClock(),
    senders: [{ sender, everyMs: 3_600_000 }],
    prove: () => proof,
    name: 'pve-watch',
    newRunId: randomUUID,
    onFailing: (_, failure) => failing.push(failure?.code),
  })
})
afterEach(async () => {
  await out.close()
  await server.stop()
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise<void>((resolve) => setTimeout(resolve, 5))
}

async function become(next: HealthProof, pings: number): Promise<void> {
  proof = next
  out.healthMayHaveChanged()
  await until(() => check.pings.length === pings)
}

test('a check outside goes down with the reasons as soon as health is bad, and up again', async () => {
  out.start()
  await until(() => check.pings.length === 2)
  expect(check.pings.map(({ action }) => action)).toEqual(['start', 'success'])
  // A run that was begun and never ended would take the check down after its grace time.
  expect(check).toMatchObject({ status: 'up', startedRun: undefined })
  await become({ well: false, early: false, reasons: ['The state cannot be written.'] }, 3)
  expect(check.status).toBe('down')
  expect(check.pings[2]?.body).toBe('pve-watch: not well\n- The state cannot be written.')
  await become(WELL, 4)
  expect(check.status).toBe('up')
  expect(failing).toEqual([])
})

test('a ping that was lost on its way is sent again', async () => {
  server.mode = 'reset'
  server.modeCalls = 2
  out.start()
  await until(() => check.pings.length === 1)
  expect(check).toMatchObject({ status: 'up', pings: [{ action: 'success' }] })
  expect(failing).toEqual([])
})
