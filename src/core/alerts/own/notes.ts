import type { HappeningCode } from '../../codes.ts'
import { OUTLET } from '../../power/arbiter.ts'
import type { Told } from '../../state/types.ts'
import type { AlertNote } from '../types.ts'
import { conditionOf } from './conditions.ts'
import { partsOf } from './device-conditions.ts'
import type { Sight } from './sight.ts'
import type { AlertRecord } from './types.ts'

/** What the alerts themselves say. */
const SAID_BY_ALERTS: ReadonlySet<HappeningCode> = new Set<HappeningCode>([
  'host-silent',
  'host-down',
  'host-wedged',
  'host-unknown',
  'high-power',
  'power-device-unreachable',
  'identity-mismatch',
])

/** What was told of a host or device that one of these alerts is about: lines for its timeline. */
export function notesOf({ draft }: Sight, records: readonly AlertRecord[]): AlertNote[] | undefined {
  if (draft.told.length === 0 || records.length === 0) return undefined
  let open: Open | undefined
  let notes: AlertNote[] | undefined
  for (const told of draft.told) {
    if ((told.host === undefined && told.device === undefined) || SAID_BY_ALERTS.has(told.code)) continue
    open ??= openOf(records)
    const note = noteOf(told, open)
    if (note === undefined) continue
    notes ??= []
    notes.push(note)
  }
  return notes
}

function noteOf(told: Told, open: Open): AlertNote | undefined {
  const bare = told.host?.startsWith(OUTLET) === true ? partsOf(told.host.slice(OUTLET.length)).device : undefined
  const host = bare === undefined ? told.host : undefined
  const device = bare ?? told.device
  const isOfHost = host !== undefined && open.hosts.has(host)
  const isOfDevice = device !== undefined && open.devices.has(device)
  if (!isOfHost && !isOfDevice) return undefined
  return {
    kind: 'note',
    ...(isOfHost ? { host } : {}),
    ...(isOfDevice ? { device } : {}),
    code: told.code,
    sentence: told.sentence,
    atMs: Math.round(told.at.wallMs),
  }
}

type Open = { readonly hosts: ReadonlySet<string>; readonly devices: ReadonlySet<string> }

/** The hosts and devices that a pending or firing alert is about. */
function openOf(records: readonly AlertRecord[]): Open {
  const hosts = new Set<string>()
  const devices = new Set<string>()
  for (const { state, name, subject } of records) {
    if (state === 'quiet') continue
    const about = conditionOf(name)?.alert.about
    if (about === 'device') devices.add(subject)
    else if (about === 'outlet') devices.add(partsOf(subject).device)
    else if (about === 'target' && subject.startsWith(OUTLET)) devices.add(partsOf(subject.slice(OUTLET.length)).device)
    else if (about === 'host' || about === 'target') hosts.add(subject)
  }
  return { hosts, devices }
}
