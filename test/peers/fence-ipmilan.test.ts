import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Outcome } from '../../src/ports/power-device.ts'
import { fenceDriver } from '../../src/power-devices/fence/driver.ts'
import { schema } from '../../src/power-devices/fence/settings.ts'
import { missingPeers, peer } from './find-peer.ts'
import { type Bmc, freeUdpPort, startBmc } from './ipmi-sim.ts'

const reason = missingPeers('fence_ipmilan', 'ipmitool', 'ipmi_sim')
if (reason !== undefined) console.warn(`skipped: the real fence_ipmilan against a BMC: ${reason}`)

// A shell would trip over it on its way to ipmitool.
const PASSWORD = "it's;$9000&co"
const never = new AbortController().signal

describe.skipIf(reason)('fence_ipmilan against a BMC', () => {
  let dir: string
  let bmc: Bmc

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'bmc-'))
    writeFileSync(join(dir, 'password'), PASSWORD)
    writeFileSync(join(dir, 'wrong-password'), 'wrong-9001')
    bmc = await startBmc(pathOf('ipmi_sim'), dir, PASSWORD)
  })
  afterAll(async () => {
    await bmc?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  function device(options: Record<string, unknown> = {}) {
    const settings = schema.parse({
      agent: pathOf('fence_ipmilan'),
      options: {
        ip: '127.0.0.1',
        ipport: bmc.port,
        username: 'admin',
        password: { file: join(dir, 'password') },
        lanplus: true,
        // Without it each call looks for a cipher suite first, which takes about ten seconds.
        cipher: 3,
        ipmitool_path: pathOf('ipmitool'),
        ...options,
      },
    })
    return fenceDriver.create('bmc', settings)
  }

  test('tells what it speaks to, and its power', async () => {
    expect(await device().identify(never)).toEqual({
      ok: true,
      value: {
        deviceId: `fence_ipmilan ip=127.0.0.1 ipport=${bmc.port}`,
        model: 'fence_ipmilan',
        transport: 'fence agent',
        outlets: [{ outlet: '', state: 'on' }],
      },
    })
  })

  test('turns off and on, and the machine follows', async () => {
    expect(await device().turnOff('', never)).toEqual({ ok: true, value: { outlet: '', state: 'off' } })
    expect(bmc.power()).toBe('off')
    expect(await device().read('', never)).toEqual({ ok: true, value: { outlet: '', state: 'off' } })
    expect(await device().turnOff('', never)).toMatchObject({ ok: true, value: { state: 'off' } })
    expect(await device().turnOn('', never)).toEqual({ ok: true, value: { outlet: '', state: 'on' } })
    expect(bmc.power()).toBe('on')
    const orders = bmc.calls().filter((call) => call.startsWith('set'))
    expect(orders).toEqual(['set power 0', 'set power 1'])
  })

  test('with a wrong password neither reads nor switches, and shows it nowhere', async () => {
    const before = bmc.calls().length
    const wrong = device({ password: { file: join(dir, 'wrong-password') }, verbose: true })
    for (const outcome of [await wrong.identify(never), await wrong.turnOff('', never)] as Outcome<unknown>[]) {
      expect(outcome).toMatchObject({ ok: false, error: { code: 'agent-failed' } })
      expect(JSON.stringify(outcome)).toContain('a wrong password')
      expect(JSON.stringify(outcome)).not.toContain('wrong-9001')
    }
    expect(bmc.calls().length).toBe(before)
    expect(bmc.power()).toBe('on')
  })

  test('with nobody at the address says so', async () => {
    const nobody = device({ ipport: await freeUdpPort(), power_timeout: 2, ipmitool_timeout: 1 })
    expect(await nobody.read('', never)).toMatchObject({ ok: false, error: { code: 'timeout', mayHaveLanded: false } })
  })

  test('without ipmitool says so, and nothing can have landed', async () => {
    const outcome = await device({ ipmitool_path: join(dir, 'no-ipmitool') }).turnOff('', never)
    expect(outcome).toMatchObject({ ok: false, error: { code: 'refused', mayHaveLanded: false } })
    expect(JSON.stringify(outcome)).toContain('Ipmitool not found or not accessible')
  })

  test('whose order is acknowledged and not carried out is no success', async () => {
    bmc.jam()
    const outcome = await device({ power_timeout: 2 }).turnOff('', never)
    expect(outcome).toMatchObject({ ok: false, error: { code: 'timeout', mayHaveLanded: true } })
    expect(bmc.calls()).toContain('set power 0')
    expect(bmc.power()).toBe('on')
  })
})

function pathOf(name: string): string {
  const found = peer(name)
  if ('missing' in found) throw new Error(found.missing)
  return found.path
}
