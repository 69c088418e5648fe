import assert from 'node:assert/strict'

/**
 * One outlet of a strip: the one address that a command to it may carry. Made by `childTarget` alone, so that a
 * command with no child, or with more than one, cannot be written.
 */
export type ChildTarget = { readonly kind: 'child'; readonly childId: string }

/** A device with one relay of its own and no children. Only `parseSysinfo` finds that a device is one. */
export type PlugTarget = { readonly kind: 'plug' }

export type Target = ChildTarget | PlugTarget

declare const made: unique symbol

/** A question to the device. Only this file makes them. */
export type Message = {
  readonly [made]: true
  readonly text: string
  readonly module: 'system' | 'emeter' | 'count_down'
  readonly method: string
  /** Whether it changes anything in the device, so that a lost answer leaves a doubt. */
  readonly changes: boolean
}

const CHILD_ID = /^[0-9A-Za-z_-]+$/

/**
 * The full id of a child. It is usually the device's id followed by two digits; firmware 1.1.2 has been seen with the
 * two digits alone, which are completed here, once.
 */
export function childTarget(deviceId: string, id: string): ChildTarget {
  assert.match(id, CHILD_ID)
  return { kind: 'child', childId: id.length <= 2 ? `${deviceId}${id.padStart(2, '0')}` : id }
}

export const isChildId = (id: string): boolean => CHILD_ID.test(id)

function message(
  target: Target | 'device',
  module: Message['module'],
  method: string,
  parameters: object,
  changes: boolean,
): Message {
  const body = { [module]: { [method]: parameters } }
  // One child a command: with several, hardware 2.0 switches only the first and answers that all is well.
  const addressed = typeof target === 'object' && target.kind === 'child'
  const whole = addressed ? { context: { child_ids: [target.childId] }, ...body } : body
  return { text: JSON.stringify(whole), module, method, changes } as Message
}

export const sysinfoMessage = (): Message => message('device', 'system', 'get_sysinfo', {}, false)

/**
 * Without a context a strip may switch every outlet: hence a target is required, and the one that needs no context is
 * that of a device found to have no children.
 */
export function relayMessage(target: Target, state: 'on' | 'off'): Message {
  const built = message(target, 'system', 'set_relay_state', { state: state === 'on' ? 1 : 0 }, true)
  assert(target.kind === 'plug' || built.text.startsWith(`{"context":{"child_ids":["${target.childId}"]}`))
  return built
}

export const meterMessage = (target: Target): Message => message(target, 'emeter', 'get_realtime', {}, false)

export const clearTimersMessage = (target: Target): Message =>
  message(target, 'count_down', 'delete_all_rules', {}, true)

/** A rule inside the device that turns the outlet on after `seconds`. An outlet holds one rule. */
export const addTimerMessage = (target: Target, seconds: number): Message =>
  message(target, 'count_down', 'add_rule', { enable: 1, delay: seconds, act: 1, name: 'restore' }, true)

export const listTimersMessage = (target: Target): Message => message(target, 'count_down', 'get_rules', {}, false)
