import { z } from 'zod'
import type { OutletReading } from '../../ports/power-device.ts'
import { tame } from './iot-answer.ts'
import { childTarget, isChildId, type Target } from './iot-message.ts'

/** An outlet as the device tells it, with the address for commands to it. */
export type Outlet = {
  readonly outlet: string
  readonly state: OutletReading['state']
  readonly alias?: string
  readonly target: Target
}

export type Sysinfo = {
  readonly deviceId: string
  readonly model: string
  readonly firmware?: string
  readonly alias?: string
  /** Whether it says that it has a meter; true where it says nothing of its features. */
  readonly metered: boolean
  readonly outlets: readonly Outlet[]
}

export type ParsedSysinfo =
  | { readonly ok: true; readonly value: Sysinfo }
  | { readonly ok: false; readonly odd: string }

/** Never taken for a plug, whatever an answer leaves out: a command without context may switch all of it. */
const STRIP_MODEL = /^(?:HS107|HS300|KP200|KP303|KP400|EP40)/i

const text = z.string().optional().catch(undefined)

const shape = z.looseObject({
  deviceId: z.string().regex(/^[0-9A-Za-z_-]{1,128}$/),
  model: text,
  hw_ver: text,
  sw_ver: text,
  alias: text,
  feature: text,
  child_num: z.number().optional().catch(undefined),
  children: z.array(z.looseObject({ id: z.string(), alias: text, state: z.unknown().optional() })).optional(),
  relay_state: z.unknown().optional(),
})

type Shape = z.infer<typeof shape>

const stateOf = (value: unknown): OutletReading['state'] => (value === 1 ? 'on' : value === 0 ? 'off' : 'unknown')

const aliased = (alias: string | undefined): { alias?: string } => {
  const tamed = alias === undefined ? '' : tame(alias)
  return tamed === '' ? {} : { alias: tamed }
}

/**
 * Reads the answer of `system.get_sysinfo`: tolerant of what it need not know, strict about what a command relies on
 * (the device's id, and children that are complete and distinct). Outlets are numbered from 0.
 */
export function parseSysinfo(answer: unknown): ParsedSysinfo {
  const parsed = shape.safeParse(answer)
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join('.') ?? ''
    return { ok: false, odd: `its get_sysinfo has no usable ${path === '' ? 'content' : path}` }
  }
  const info = parsed.data
  const outlets = (info.children?.length ?? 0) > 0 ? stripOutlets(info) : plugOutlet(info)
  if (typeof outlets === 'string') return { ok: false, odd: outlets }
  const firmware = [info.hw_ver, info.sw_ver].filter((part) => part !== undefined).join(' / ')
  const value: Sysinfo = {
    deviceId: info.deviceId,
    model: tame(info.model ?? '') || 'unknown model',
    ...(firmware === '' ? {} : { firmware: tame(firmware) }),
    ...aliased(info.alias),
    metered: info.feature === undefined || info.feature.split(':').includes('ENE'),
    outlets,
  }
  return { ok: true, value }
}

function stripOutlets(info: Shape): Outlet[] | string {
  const children = info.children ?? []
  if (info.child_num !== undefined && info.child_num !== children.length) {
    return `its get_sysinfo announces ${info.child_num} children and lists ${children.length}`
  }
  if (!children.every(({ id }) => isChildId(id))) return 'its get_sysinfo lists a child without a usable id'
  const addressed = children.map((child) => ({ child, target: childTarget(info.deviceId, child.id) }))
  if (new Set(addressed.map(({ target }) => target.childId)).size !== children.length) {
    return 'its get_sysinfo lists a child twice'
  }
  return inSlotOrder(addressed).map(({ child, target }, index) => ({
    outlet: String(index),
    state: stateOf(child.state),
    ...aliased(child.alias),
    target,
  }))
}

/** An id ends in the number of its socket: where all do, that counts, not the place in a list that may be shuffled. */
function inSlotOrder<T extends { readonly target: { readonly childId: string } }>(
  children: readonly T[],
): readonly T[] {
  const bySlot = new Map(children.map((child) => [child.target.childId.slice(-2), child]))
  const ordered = children.map((_, slot) => bySlot.get(String(slot).padStart(2, '0')))
  return ordered.every((child) => child !== undefined) ? ordered : children
}

function plugOutlet(info: Shape): Outlet[] | string {
  const { model = '', child_num: childNum = 0 } = info
  if (childNum > 0 || STRIP_MODEL.test(model)) return 'its get_sysinfo leaves out the children that the strip has'
  if (info.relay_state === undefined) return 'its get_sysinfo has neither children nor a relay_state'
  return [{ outlet: '0', state: stateOf(info.relay_state), ...aliased(info.alias), target: { kind: 'plug' } }]
}
