import { type ActResult, done, refused, type StripAction } from './actions.ts'
import { clearTimers, resetRelays, restartStrip, setRelay } from './strips.ts'
import type { Strip, World } from './types.ts'

export function actOnStrip(world: World, strip: Strip, action: StripAction): ActResult {
  switch (action.kind) {
    case 'person-switches':
    case 'rename-outlet':
      return actOnOutlet(world, strip, action)
    case 'strip-offline':
      strip.online = false
      return done(`${strip.name} is off the network; its outlets stay as they are`)
    case 'strip-online':
      strip.online = true
      return done(`${strip.name} is on the network`)
    case 'strip-reboot':
      if (!strip.powered) return refused('not-possible-now', `${strip.name} has no power`)
      restartStrip(world, strip)
      resetRelays(world, strip, action.outlets, 'strip-reboot')
      return done(`${strip.name} restarts${action.outlets === 'last' ? '' : ` with its outlets ${action.outlets}`}`)
    case 'set-timers':
      strip.hasTimers = action.supported
      if (!action.supported) for (const outlet of strip.outlets) clearTimers(outlet)
      return done(`${strip.name} has ${action.supported ? '' : 'no '}count-down timers`)
    case 'swap-identity':
      strip.deviceId = action.deviceId
      return done(`another device answers at the address of ${strip.name}`)
  }
}

function actOnOutlet(
  world: World,
  strip: Strip,
  action: Extract<StripAction, { kind: 'person-switches' | 'rename-outlet' }>,
): ActResult {
  const outlet = strip.outlets[action.outlet]
  const name = `${strip.name}/${action.outlet}`
  if (outlet === undefined) return refused('no-such-outlet', `there is no outlet ${name} in the lab`)
  if (action.kind === 'rename-outlet') {
    outlet.alias = action.alias
    return done(`outlet ${name} is called ${action.alias}`)
  }
  if (!strip.powered) return refused('not-possible-now', `${strip.name} has no power`)
  setRelay(world, outlet, action.on, 'person')
  return done(`a person switched outlet ${name} ${action.on ? 'on' : 'off'}`)
}
