import type { DeviceNow } from '../../state/types.ts'
import type { Condition } from './condition.ts'
import type { Sight } from './sight.ts'
import type { ConditionName } from './table.ts'
import type { Judgement } from './types.ts'

type OfDevices = Extract<
  ConditionName,
  'PowerDeviceUnreachable' | 'PowerDeviceCredentialsRefused' | 'PowerDeviceIdentityMismatch' | 'KasaOutletHighPower'
>

const byDevices: Condition['isTouched'] = (before, after) => before.devicesNow !== after.devicesNow

export const deviceConditions: Record<OfDevices, Condition> = {
  PowerDeviceUnreachable: {
    isTouched: byDevices,
    judge: ofDevice((now) => {
      if (now.reachable !== false) return now.reachable === true ? 'over' : 'unsure'
      // It answers, if only to refuse us: that has its own alert.
      if (now.lastError?.code === REFUSED) return 'over'
      return now.troubleTold ? 'holds' : 'unsure'
    }),
    summary: (_sight, device) => `The power device ${device} does not answer`,
    why: (sight, device) => `${lastError(sight, device)} None of its hosts can be recovered meanwhile.`,
    end: (sight, device) =>
      sight.state.devicesNow[device]?.reachable === true
        ? `${device} answers again.`
        : `${device} answers, but refuses our credentials.`,
  },
  PowerDeviceCredentialsRefused: {
    isTouched: byDevices,
    judge: ofDevice((now) => {
      if (now.reachable !== false) return now.reachable === true ? 'over' : 'unsure'
      // One that does not answer at all says nothing about credentials.
      return now.lastError?.code === REFUSED ? 'holds' : 'unsure'
    }),
    summary: (_sight, device) => `The power device ${device} refuses our credentials`,
    why: (sight, device) => `${lastError(sight, device)} None of its hosts can be recovered meanwhile.`,
    end: (_sight, device) => `${device} accepts our credentials again.`,
  },
  PowerDeviceIdentityMismatch: {
    isTouched: byDevices,
    judge: ofDevice(({ identityOk }) => (identityOk === undefined ? 'unsure' : identityOk ? 'over' : 'holds')),
    summary: (_sight, device) => `${device} is not the power device that was pinned`,
    why: (sight, device) =>
      `It does not say that it is ${sight.state.pins[device]?.deviceId ?? 'the pinned one'}: nothing is switched on it. If it was replaced: proxmox-watchdog devices accept ${device}.`,
    end: (_sight, device) => `${device} is the pinned device.`,
  },
  KasaOutletHighPower: {
    isTouched: byDevices,
    judge(sight, subject) {
      const { device, outlet } = partsOf(subject)
      const maxWatts = sight.device(device)?.outlets.find((each) => each.outlet === outlet)?.maxWatts
      if (maxWatts === undefined) return 'ended'
      const now = sight.state.devicesNow[device]
      if (now?.highPower[outlet] !== undefined) return 'holds'
      const watts = now?.readings[outlet]?.watts
      return watts === undefined || watts > maxWatts ? 'unsure' : 'over'
    },
    summary: (_sight, subject) => `Outlet ${subject} draws more than its limit`,
    why(sight, subject) {
      const { device, outlet } = partsOf(subject)
      const maxWatts = sight.device(device)?.outlets.find((each) => each.outlet === outlet)?.maxWatts
      const watts = sight.state.devicesNow[device]?.readings[outlet]?.watts ?? 0
      return `It draws ${Math.round(watts)} W, its limit is ${maxWatts ?? 0} W.`
    },
    end: (_sight, subject) => `Outlet ${subject} is within its limit again.`,
  },
}

const REFUSED = 'credentials-refused'

function ofDevice(judge: (now: DeviceNow) => Judgement) {
  return (sight: Sight, device: string): Judgement => {
    if (sight.device(device) === undefined) return 'ended'
    const now = sight.state.devicesNow[device]
    return now === undefined ? 'unsure' : judge(now)
  }
}

function lastError({ state }: Sight, device: string): string {
  return state.devicesNow[device]?.lastError?.sentence ?? `${device} cannot be used.`
}

/** A device's name holds no slash. */
export function partsOf(key: string): { readonly device: string; readonly outlet: string } {
  const [device = '', ...outlet] = key.split('/')
  return { device, outlet: outlet.join('/') }
}
