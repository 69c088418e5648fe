import { type ActResult, done, refused, type UpsAction, type UpsCommand } from '../actions.ts'
import type { Ups, World } from '../types.ts'
import { hasMains, reckonEnd, settle } from './battery.ts'
import { emptyBattery, followSupply } from './supply.ts'

const FAULTS = {
  'ups-silent': { fault: 'silent', words: 'nothing answers for' },
  'ups-stale': { fault: 'stale', words: 'the driver stands still of' },
  'ups-driver-gone': { fault: 'driver-gone', words: 'there is no driver for' },
} as const

export function actOnUps(world: World, ups: Ups, action: UpsAction): ActResult {
  switch (action.kind) {
    case 'set-battery':
      return setBattery(world, ups, action.percent)
    case 'ups-silent':
    case 'ups-stale':
    case 'ups-driver-gone': {
      const { fault, words } = FAULTS[action.kind]
      ups.fault = fault
      return done(`${words} ${ups.name}`)
    }
    case 'ups-heard':
      ups.fault = 'none'
      ups.fsd = false
      return done(`${ups.name} is heard again`)
    case 'ups-fsd':
      ups.fsd = true
      return done(`${ups.name} orders a forced shutdown`)
    case 'ups-mains-off':
    case 'ups-mains-on':
      return turnInput(world, ups, action.kind === 'ups-mains-on')
    case 'ups-command':
      return command(world, ups, action.command)
  }
}

function turnInput(world: World, ups: Ups, on: boolean): ActResult {
  // What was charged or drawn until now counts by what was.
  settle(world, ups)
  ups.inputOn = on
  if (hasMains(world, ups)) ups.output = true
  reckonEnd(world, ups)
  followSupply(world, 'mains')
  return done(`${ups.name} has ${hasMains(world, ups) ? 'mains' : 'no mains'}`)
}

function setBattery(world: World, ups: Ups, percent: number): ActResult {
  if (!(percent >= 0 && percent <= 100)) {
    return refused('not-possible-now', `a charge from 0 to 100 percent is meant, not ${percent}`)
  }
  settle(world, ups)
  ups.chargeWattMs = (ups.capacityWattMs * percent) / 100
  reckonEnd(world, ups)
  return done(`the battery of ${ups.name} has ${percent} % left`)
}

function command(world: World, ups: Ups, name: UpsCommand): ActResult {
  switch (name) {
    case 'beeper.toggle':
      ups.beeper = !ups.beeper
      return done(`the beeper of ${ups.name} is ${ups.beeper ? 'on' : 'off'}`)
    case 'load.off':
      emptyLoad(world, ups)
      return done(`${ups.name} has cut what hangs behind it`)
    case 'load.on':
      if (ups.output) return done(`${ups.name} feeds what hangs behind it`)
      if (!hasMains(world, ups)) return refused('not-possible-now', `${ups.name} has no mains`)
      settle(world, ups)
      ups.output = true
      followSupply(world, 'mains')
      return done(`${ups.name} feeds what hangs behind it again`)
    case 'test.battery.start.quick':
      ups.testedAtMs = world.nowMs
      return done(`${ups.name} tests its battery`)
    case 'test.battery.stop':
      delete ups.testedAtMs
      return done(`${ups.name} tests its battery no more`)
  }
}

/** Cut on order: what is in the battery stays there. */
function emptyLoad(world: World, ups: Ups): void {
  settle(world, ups)
  const kept = ups.chargeWattMs
  emptyBattery(world, ups)
  ups.chargeWattMs = kept
}
