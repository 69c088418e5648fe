import { type OutletView, readOutlets, relay } from '../../world/index.ts'
import { shortChildId } from './child.ts'
import { BAD_ARGUMENT, type Bench, type Child, NO_ENTRY, NO_MEMBER, type Reply } from './reply.ts'

export const STRIP_MODEL = 'HS300(US)'

export function answerSystem(bench: Bench, method: string, given: Record<string, unknown>, child: Child): Reply {
  if (method === 'get_sysinfo') return sysinfo(bench)
  if (method === 'set_relay_state') return setRelayState(bench, given.state, child)
  return NO_MEMBER
}

function sysinfo({ world, strip, faults }: Pick<Bench, 'world' | 'strip' | 'faults'>): Reply {
  const children = readOutlets(world, strip).map((view) => describeChild(view, faults.twoDigitChildIds, strip.deviceId))
  return {
    sw_ver: '1.1.2 Build 241220 Rel.171333',
    hw_ver: '2.0',
    model: STRIP_MODEL,
    deviceId: strip.deviceId,
    oemId: '5C9E6254BEBAED63B2B6102966D24C17',
    hwId: '34C41AA028022D0CCEA5E678E8547C54',
    rssi: -52,
    latitude_i: 0,
    longitude_i: 0,
    alias: `TP-LINK_Power Strip_${strip.name}`,
    status: 'new',
    mic_type: 'IOT.SMARTPLUGSWITCH',
    feature: faults.meter === 'none' ? 'TIM' : 'TIM:ENE',
    mac: '00:00:5E:00:53:01',
    updating: 0,
    led_off: 0,
    children,
    child_num: strip.outlets.length,
    ntc_state: 0,
    err_code: 0,
  }
}

function describeChild(view: OutletView, twoDigits: boolean, deviceId: string): Reply {
  return {
    id: (twoDigits ? '' : deviceId) + shortChildId(view.outlet),
    state: view.on ? 1 : 0,
    alias: view.alias,
    on_time: Math.floor(view.onForMs / 1000),
    next_action: { type: -1 },
  }
}

function setRelayState({ world, strip, faults, delivery, violate }: Bench, state: unknown, child: Child): Reply {
  if (state !== 0 && state !== 1) return BAD_ARGUMENT
  if (child === 'unknown') return NO_ENTRY
  if (child === 'none') violate('relay-without-context', `every outlet was switched ${state === 1 ? 'on' : 'off'}`)
  const outlets = child === 'none' ? strip.outlets : [child]
  const how = faults.ackWithoutApplying ? { applies: false } : delivery
  for (const outlet of outlets) relay(world, outlet, state === 1, how)
  return { err_code: 0 }
}
