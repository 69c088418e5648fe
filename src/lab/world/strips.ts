import { followPower } from './hosts.ts'
import { meterOutlet } from './meter.ts'
import { enqueue } from './queue.ts'
import { recordSwitching } from './record.ts'
import type { Cause, Outlet, Strip, World } from './types.ts'

/**
 * How one command reaches the relay, as data, so that a simulation can generate and shrink it. Nothing given: it
 * applies at once. `applies: false`: acknowledged or lost, but the relay never moves. `landsAtMs`: late.
 * `landsAgainAtMs`: the same command once more at that time (doubled). Times are virtual milliseconds.
 */
export type Delivery = { readonly applies?: boolean; readonly landsAtMs?: number; readonly landsAgainAtMs?: number }

/** Whether the watcher can talk to the strip now. */
export function stripReachable(world: World, strip: Strip): boolean {
  return strip.online && strip.powered && !strip.rebooting && !world.watcherIsolated
}

/**
 * A command to one outlet. It does not ask whether the strip is reachable: a command that was sent in time may land
 * on a strip that is unreachable by now, so the caller asks `stripReachable` at the time of sending.
 */
export function relay(world: World, outlet: Outlet, on: boolean, delivery: Delivery = {}): void {
  if (delivery.applies !== false) {
    if (delivery.landsAtMs === undefined || delivery.landsAtMs <= world.nowMs) setRelay(world, outlet, on, 'command')
    else enqueue(world, delivery.landsAtMs, { kind: 'relay-lands', outlet, on, by: 'command' })
  }
  if (delivery.landsAgainAtMs !== undefined) {
    enqueue(world, delivery.landsAgainAtMs, { kind: 'relay-lands', outlet, on, by: 'command' })
  }
}

export function setRelay(world: World, outlet: Outlet, on: boolean, by: Cause): void {
  // The relays latch, and move only while the strip's own electronics have power.
  if (!outlet.strip.powered || outlet.on === on) return
  outlet.on = on
  outlet.onSinceMs = world.nowMs
  recordSwitching(world, { atMs: world.nowMs, strip: outlet.strip.name, outlet: outlet.index, on, by })
  meterOutlet(world, outlet)
  for (const host of outlet.hosts) followPower(world, host, by, outlet)
}

export type TimerRefusal = 'not-supported' | 'table-is-full'

/**
 * Arms the timer inside the device. There is one rule an outlet, and a rule that has fired still fills it until
 * `clearTimers`, as on the real strip.
 */
export function armTimer(
  world: World,
  outlet: Outlet,
  delayMs: number,
  on: boolean,
  name = 'restore',
): { readonly ok: true; readonly id: string } | { readonly ok: false; readonly code: TimerRefusal } {
  if (!outlet.strip.hasTimers) return { ok: false, code: 'not-supported' }
  if (outlet.timer !== undefined) return { ok: false, code: 'table-is-full' }
  world.timersArmed += 1
  const id = world.timersArmed.toString(16).toUpperCase().padStart(32, '0')
  const timer = { id, on, name, delayMs, dueMs: world.nowMs + delayMs, fired: false }
  outlet.timer = timer
  enqueue(world, timer.dueMs, { kind: 'timer-fires', outlet, timer })
  return { ok: true, id }
}

export function clearTimers(outlet: Outlet): void {
  delete outlet.timer
}

export function fireTimer(world: World, outlet: Outlet, timer: Outlet['timer']): void {
  // A timer that was cleared or replaced, or lost with the strip's memory, is no longer the outlet's.
  if (timer === undefined || outlet.timer !== timer) return
  timer.fired = true
  setRelay(world, outlet, timer.on, 'timer')
}

/** The strip restarts: its memory is lost and it is silent for a while. */
export function restartStrip(world: World, strip: Strip): void {
  strip.boots += 1
  strip.rebooting = true
  for (const outlet of strip.outlets) clearTimers(outlet)
  enqueue(world, world.nowMs + strip.rebootMs, { kind: 'strip-started', strip, boots: strip.boots })
}

/** Moves every relay as a strip does that gets its power back. */
export function resetRelays(world: World, strip: Strip, to: 'on' | 'off' | 'last', by: Cause): void {
  if (to === 'last') return
  for (const outlet of strip.outlets) setRelay(world, outlet, to === 'on', by)
}

export type OutletView = {
  readonly outlet: number
  readonly alias: string
  readonly on: boolean
  readonly watts: number
  readonly totalWattHours: number
  readonly onForMs: number
  readonly timer?: {
    readonly id: string
    readonly on: boolean
    readonly name: string
    readonly delaySeconds: number
    readonly remainMs: number
    readonly fired: boolean
  }
}

/** What the strip knows of its outlets. It does not ask whether the watcher can reach it. */
export function readOutlets(world: World, strip: Strip): OutletView[] {
  return strip.outlets.map((outlet) => readOutlet(world, outlet))
}

export function readOutlet(world: World, outlet: Outlet): OutletView {
  const { timer } = outlet
  const energyWattMs = outlet.energyWattMs + outlet.watts * (world.nowMs - outlet.meteredAtMs)
  const view = {
    outlet: outlet.index,
    alias: outlet.alias,
    on: outlet.on,
    watts: outlet.watts,
    totalWattHours: energyWattMs / 3_600_000,
    onForMs: outlet.on ? world.nowMs - outlet.onSinceMs : 0,
  }
  if (timer === undefined) return view
  const { id, on, name, delayMs, fired } = timer
  const remainMs = Math.max(0, timer.dueMs - world.nowMs)
  return { ...view, timer: { id, on, name, delaySeconds: delayMs / 1000, remainMs, fired } }
}
