import { X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PacedClock } from '../../src/app/system-clock.ts'
import { Disclosed } from '../../src/config/secret.ts'
import type { UpsReading } from '../../src/core/ups/reading.ts'
import { NutConnection } from '../../src/nut/connection.ts'
import type { NutUnit } from '../../src/nut/settings.ts'
import { watchNut } from '../../src/nut/watch.ts'
import type { UpsWatch } from '../../src/ports/ups.ts'
import { missingPeers } from './find-peer.ts'
import { ADMIN, SECONDARY, Upsd, upsdMissing } from './upsd.ts'

const reason = upsdMissing()
if (reason !== undefined) console.warn(`skipped: a real upsd: ${reason}`)

let upsd: Upsd
let watch: UpsWatch | undefined
let readings: UpsReading[] = []

function unit(part: Partial<NutUnit> = {}): NutUnit {
  const { username, password } = SECONDARY
  return {
    name: 'rack',
    host: '127.0.0.1',
    port: upsd.port,
    upsName: 'ups',
    username,
    password: new Disclosed(password),
    ...part,
  }
}

function begin(part: Partial<NutUnit> = {}): UpsWatch {
  readings = []
  watch = watchNut(
    { units: [unit(part)], pollMs: 100, timeoutMs: 2_000 },
    { clock: new PacedClock(1), random: Math.random },
  )
  watch.start((told) => readings.push(...told))
  return watch
}

const last = () => readings.at(-1)
async function until(holds: (reading: UpsReading) => boolean): Promise<UpsReading> {
  for (;;) {
    const reading = last()
    if (reading !== undefined && holds(reading)) return reading
    await sleep(20)
  }
}
const heard = (token: string) => until(({ status }) => status.includes(token))

async function listed(): Promise<string> {
  const opened = await NutConnection.open(unit(), 2_000)
  if (!opened.ok) throw new Error(opened.sentence)
  const clients = await opened.value.ask('GET', 'NUMLOGINS', 'ups')
  opened.value.close()
  return clients.ok ? (clients.value[2] ?? '') : clients.sentence
}

describe.skipIf(reason)('a real upsd', () => {
  beforeAll(async () => {
    upsd = await Upsd.start()
  }, 30_000)
  afterAll(() => upsd.stop())
  beforeEach(() => upsd.set('ups.status=OL'))
  afterEach(() => watch?.close())

  test('tells what the UPS runs on, and its numbers', async () => {
    begin()
    expect(await heard('OL')).toMatchObject({
      ups: 'rack',
      hearing: 'heard',
      chargePercent: 100,
      runtimeMs: 3_600_000,
      loadPercent: 25,
      watts: 250,
      model: 'Dummy UPS',
    })
  })

  test.each([['OB DISCHRG'], ['OB DISCHRG LB'], ['OL CHRG'], ['OL RB OVER'], ['OL CAL'], ['OL BYPASS']])(
    'turns to %s',
    async (status) => {
      begin()
      await heard('OL')
      await upsd.set(`ups.status=${status}`)
      const words = status.split(' ')
      expect((await until((reading) => words.every((word) => reading.status.includes(word)))).hearing).toBe('heard')
    },
  )

  test('that refuses our LOGIN is told by the next look', async () => {
    const held = begin({ password: new Disclosed('wrong') })
    await heard('OL')
    held.hold('rack', 'pve1')
    const reading = await until(({ loginRefused }) => loginRefused !== undefined)
    expect(reading).toMatchObject({
      hearing: 'heard',
      loginRefused: expect.stringContaining('refuses the user or the password'),
    })
    expect(held.logins('rack')).toMatchObject({ pve1: { held: false } })
    expect(reading.loginRefused).not.toContain('wrong')
  })

  test('sets what can be set, and says so where it cannot', async () => {
    const { username, password } = ADMIN
    const asked = begin({ username, password: new Disclosed(password) })
    await heard('OL')
    expect(await asked.set('rack', 'ups.load', '40')).toMatchObject({ ok: true })
    await until(({ loadPercent }) => loadPercent === 40)
    expect(await asked.set('rack', 'ups.colour', 'red')).toMatchObject({ ok: false, code: 'not-supported' })
    expect(await asked.set('attic', 'ups.load', '40')).toMatchObject({ ok: false, code: 'unknown-ups' })
  })

  test('takes no forced shutdown from a secondary', async () => {
    expect(await begin().forceShutdown('rack')).toMatchObject({ ok: false, code: 'access-denied' })
  })

  test('whose driver stands still, and goes on', async () => {
    begin()
    await heard('OL')
    upsd.freezeDriver(true)
    expect(await until(({ hearing }) => hearing === 'stale')).toMatchObject({ status: [] })
    upsd.freezeDriver(false)
    await heard('OL')
  }, 20_000)

  test('whose driver is gone, and comes back', async () => {
    begin()
    await heard('OL')
    await upsd.stopDriver()
    await until(({ hearing }) => hearing === 'driver-gone' || hearing === 'stale')
    await upsd.startDriver()
    await heard('OL')
  }, 20_000)

  test('that is restarted in the middle of a power failure', async () => {
    begin()
    await upsd.set('ups.status=OB DISCHRG')
    const { connection } = await heard('OB')
    await upsd.stopServer()
    await until(({ hearing }) => hearing === 'unreachable')
    await upsd.startServer()
    expect((await heard('OB')).connection).toBeGreaterThan(connection)
  }, 20_000)

  test('that has no UPS of this name', async () => {
    begin({ upsName: 'other' })
    expect(await until(({ hearing }) => hearing === 'unknown-ups')).toMatchObject({
      sentence: `upsd at 127.0.0.1:${upsd.port} has no UPS of this name.`,
    })
  })

  test('to which a wrong password says nothing until it is needed', async () => {
    const opened = await NutConnection.open(unit({ password: new Disclosed('wrong') }), 2_000)
    if (!opened.ok) throw new Error(opened.sentence)
    expect(await opened.value.ask('LOGIN', 'ups')).toMatchObject({ ok: false, code: 'access-denied' })
    opened.value.close()
  })

  test('knows who still draws power, until that is over', async () => {
    const held = begin()
    held.hold('rack', 'pve1')
    held.hold('rack', 'pve2')
    held.hold('rack', 'pve2')
    while ((await listed()) !== '2') await sleep(50)
    held.release('rack', 'pve1')
    while ((await listed()) !== '1') await sleep(50)
    await held.close()
    while ((await listed()) !== '0') await sleep(50)
  })

  test('lists its commands, and says so where it knows none of that name', async () => {
    const { username, password } = ADMIN
    const asked = begin({ username, password: new Disclosed(password) })
    const { commands } = await asked.commands('rack')
    expect(commands).toContain('load.off')
    expect(await asked.command('rack', 'no.such')).toMatchObject({ ok: false, code: 'not-supported' })
  })

  test('without a certificate cannot be spoken to in secret, and then it is not spoken to', async () => {
    begin({ tls: { verify: false } })
    expect(await until(({ hearing }) => hearing !== 'heard')).toMatchObject({ hearing: 'refused' })
    expect(last()?.sentence).toContain('has no certificate')
  })
})

const unsealed = reason ?? missingPeers('certutil')
if (unsealed !== undefined) console.warn(`skipped: a real upsd that encrypts: ${unsealed}`)

describe.skipIf(unsealed)('a real upsd that encrypts', () => {
  beforeAll(async () => {
    upsd = await Upsd.start(['ups'], { isEncrypted: true })
  }, 30_000)
  afterAll(() => upsd.stop())
  afterEach(() => watch?.close())

  test('is spoken to in secret, its certificate pinned by its fingerprint or by itself, and so is each LOGIN', async () => {
    const { fingerprint256 } = new X509Certificate(upsd.certificate)
    const held = begin({ tls: { fingerprint: fingerprint256 } })
    await heard('OL')
    held.hold('rack', 'pve1')
    while (held.logins('rack').pve1?.held !== true) await sleep(20)
    await held.close()
    const caFile = join(upsd.directory, 'ca.pem')
    writeFileSync(caFile, upsd.certificate)
    begin({ tls: { ca: caFile } })
    await heard('OL')
  })

  test('with another certificate than the pinned one is told nothing', async () => {
    begin({ tls: { fingerprint: Array(32).fill('AA').join(':') } })
    const reading = await until(({ hearing }) => hearing !== 'heard')
    expect(reading).toMatchObject({ hearing: 'refused', status: [] })
    expect(reading.sentence).toContain('certificate')
  })
})

describe.skipIf(reason)('a real upsd and a real upsmon', () => {
  beforeAll(async () => {
    upsd = await Upsd.start()
  }, 30_000)
  afterAll(() => upsd.stop())
  afterEach(() => watch?.close())

  test('on which we say a forced shutdown, as its primary', async () => {
    await begin({ username: 'primary', password: new Disclosed('primary') }).forceShutdown('rack')
    expect((await heard('FSD')).status).toContain('OL')
    await upsd.stopServer()
    await upsd.startServer()
    await watch?.close()
    begin()
    await until(({ status }) => status.includes('OL') && !status.includes('FSD'))
  }, 20_000)

  test('on which a forced shutdown is said by upsmon, with mains present', async () => {
    begin()
    await heard('OL')
    upsd.forceShutdown()
    await upsd.sayForcedShutdown()
    const live = await heard('FSD')
    expect(live.status).toContain('OL')
    // The latch is what a new connection finds first.
    await watch?.close()
    begin()
    expect(await until(({ hearing }) => hearing === 'heard')).toMatchObject({ status: expect.arrayContaining(['FSD']) })
  }, 20_000)
})
