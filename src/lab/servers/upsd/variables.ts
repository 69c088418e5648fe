import { LOW_PERCENT, LOW_RUNTIME_MS, readUps, type Ups, type World } from '../../world/index.ts'

/** What upsd tells of a UPS, by the names of NUT. */
export function variablesOf(world: World, ups: Ups): Readonly<Record<string, string>> {
  const view = readUps(world, ups)
  return {
    'battery.charge': String(Math.round(view.chargePercent)),
    'battery.charge.low': String(LOW_PERCENT),
    'battery.runtime': String(Math.round(view.runtimeMs / 1_000)),
    'battery.runtime.low': String(LOW_RUNTIME_MS / 1_000),
    'battery.type': 'PbAc',
    'battery.voltage': (22 + (view.chargePercent / 100) * 5.2).toFixed(1),
    'device.mfr': 'Lab',
    'device.model': 'Lab UPS',
    'device.type': 'ups',
    'driver.name': 'lab',
    'input.voltage': view.onBattery ? '0.0' : '230.0',
    'output.voltage': view.output ? '230.0' : '0.0',
    'ups.beeper.status': ups.beeper ? 'enabled' : 'disabled',
    'ups.load': String(Math.round(view.loadPercent)),
    'ups.realpower': String(Math.round(view.loadWatts)),
    'ups.realpower.nominal': String(ups.nominalWatts),
    'ups.status': view.status.join(' '),
    'ups.test.result': testResult(view.testing, ups),
  }
}

function testResult(testing: boolean, { testedAtMs }: Ups): string {
  if (testedAtMs === undefined) return 'No test initiated'
  return testing ? 'In progress' : 'Done and passed'
}
