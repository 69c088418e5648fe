import type { Draft } from '../state/draft.ts'
import { metaOf } from '../state/initial.ts'
import { later, reached } from '../time.ts'
import { checkIdentity, deviceNowOf, observeDeviceFailure } from './outlets.ts'
import { backoffMs, putIntent, putLeg, slowestMs } from './steps/command.ts'
import { LOOK_AGAIN_MS, offConfirmed, offWasRead } from './steps/turning-off.ts'
import { onAcknowledged, onFailed, onWasRead } from './steps/turning-on.ts'
import type { Command, CommandResult, Intent, Leg, Reading } from './types.ts'

const IDENTIFY_BACKOFF_MAX_MS = 8_000
const ON_IDENTIFY_BACKOFF_MAX_MS = 60_000
const DISARM_AGAIN_MS = 10_000

/** Takes in what came of a command. The result of a command that was superseded changes nothing. */
export function takeResult(draft: Draft, id: string, result: CommandResult): void {
  const command = draft.state.commands[id]
  if (command === undefined) return
  draft.put('commands', id, undefined)
  const intent = draft.state.intents[command.intent]
  const leg = intent?.legs[command.leg]
  if (intent === undefined || leg?.command !== id || command.epoch !== metaOf(draft.state).epoch) return
  const lastError = result.outcome === 'ok' ? undefined : { code: result.code, sentence: result.sentence }
  const reading = result.outcome === 'ok' ? result.reading : undefined
  putLeg(draft, intent.id, command.leg, {
    command: undefined,
    lastError: lastError ?? (command.op === 'on' || command.op === 'off' ? undefined : leg.lastError),
    ...(reading === undefined ? {} : { last: reading }),
  })
  if (reading !== undefined) rememberReading(draft, command, reading)
  const current = draft.state.intents[intent.id] as Intent
  switch (command.op) {
    case 'identify':
      return identified(draft, current, command, result)
    case 'arm':
      return armed(draft, current, command, result)
    case 'disarm':
      return disarmed(draft, current, command, result)
    case 'off':
      return offResult(draft, current, command, result)
    case 'on':
      return onResult(draft, current, command, result)
    case 'read':
      return readResult(draft, current, command, result)
  }
}

function rememberReading(draft: Draft, command: Command, reading: Reading): void {
  const { device, outlet } = command.ref
  const before = deviceNowOf(draft, device)
  draft.put('devicesNow', device, { ...before, readings: { ...before.readings, [outlet]: reading } })
}

function identified(draft: Draft, intent: Intent, command: Command, result: CommandResult): void {
  const { device, outlet } = command.ref
  const leg = intent.legs[command.leg] as Leg
  if (result.outcome !== 'ok' || result.identity === undefined) {
    const checking = intent.barrier === 'checking'
    const waitMs = backoffMs(leg.attempts, checking ? IDENTIFY_BACKOFF_MAX_MS : ON_IDENTIFY_BACKOFF_MAX_MS)
    putLeg(draft, intent.id, command.leg, { nextAt: later(draft.now, waitMs) })
    if (result.outcome !== 'ok') observeDeviceFailure(draft, device, result.code, result.sentence)
    return draft.wakeIn(waitMs)
  }
  const reading = result.reading
  const identityOk = checkIdentity(draft, device, result.identity, reading === undefined ? {} : { [outlet]: reading })
  draft.put('devicesNow', device, { ...deviceNowOf(draft, device), reachable: true, identityOk, failures: 0 })
  const mismatch = { code: 'identity-mismatch', sentence: `${device} is not the device that was pinned.` }
  putLeg(draft, intent.id, command.leg, {
    identityOk,
    ...(intent.barrier === 'all-off' ? { attempts: 0 } : {}),
    ...(leg.before === undefined && reading !== undefined ? { before: reading } : {}),
    ...(identityOk ? {} : { lastError: mismatch }),
  })
  if (!identityOk && intent.barrier === 'all-off') {
    putIntent(draft, intent.id, { aborted: { ...mismatch, code: 'identity-mismatch' } })
  } else if (!identityOk && intent.barrier !== 'checking' && leg.step !== 'on') {
    // What is on already, or was never turned off, has no ON that could fail.
    onFailed(draft, draft.state.intents[intent.id] as Intent, command.leg)
  }
}

/** The timer inside the device is a second belt, not a condition: without it the cycle goes on. */
function armed(draft: Draft, intent: Intent, command: Command, result: CommandResult): void {
  const ok = result.outcome === 'ok'
  // A timed-out arming may have worked: it is taken as armed where that matters for disarming.
  const mayBe = ok || result.outcome === 'ambiguous'
  putLeg(draft, intent.id, command.leg, {
    timerArmed: mayBe ? 'yes' : 'refused',
    ...(ok ? { deviceTimerAt: later(draft.now, (command.armSeconds ?? 0) * 1000) } : {}),
    ...(intent.legs[command.leg]?.step === 'arming' ? { step: 'turning-off' as const, attempts: 0 } : {}),
  })
  draft.wakeIn(0)
}

function disarmed(draft: Draft, intent: Intent, command: Command, result: CommandResult): void {
  // A device that has no timer has none that runs.
  const done = result.outcome === 'ok' || (result.outcome === 'failed' && result.code === 'not-supported')
  putLeg(draft, intent.id, command.leg, {
    ...(done
      ? { timerArmed: 'disarmed' as const, deviceTimerAt: undefined }
      : { nextAt: later(draft.now, DISARM_AGAIN_MS) }),
  })
  draft.wakeIn(done ? 0 : DISARM_AGAIN_MS)
}

function offResult(draft: Draft, intent: Intent, command: Command, result: CommandResult): void {
  const leg = intent.legs[command.leg] as Leg
  const sent = result.outcome !== 'not-sent' && result.outcome !== 'failed'
  const landsUntil = later(draft.now, slowestMs(draft, leg))
  // The plan has turned back meanwhile: what matters then is only that this OFF may still land.
  if (leg.step !== 'turning-off') {
    if (sent) putLeg(draft, intent.id, command.leg, { offMayLandUntil: landsUntil })
    return
  }
  if (result.outcome === 'ok' && result.reading?.state === 'off') return offConfirmed(draft, intent, command.leg)
  if (sent) {
    putLeg(draft, intent.id, command.leg, { offMayLandUntil: landsUntil, nextAt: later(draft.now, LOOK_AGAIN_MS) })
    return draft.wakeIn(LOOK_AGAIN_MS)
  }
  const waitMs = backoffMs(leg.attempts, IDENTIFY_BACKOFF_MAX_MS)
  putLeg(draft, intent.id, command.leg, { nextAt: later(draft.now, waitMs) })
  draft.wakeIn(waitMs)
}

function onResult(draft: Draft, intent: Intent, command: Command, result: CommandResult): void {
  const leg = intent.legs[command.leg] as Leg
  if (leg.step !== 'turning-on') return
  if (result.outcome === 'ok' && result.reading?.state === 'on') return onAcknowledged(draft, intent, command.leg)
  onFailed(draft, intent, command.leg)
}

function readResult(draft: Draft, intent: Intent, command: Command, result: CommandResult): void {
  const leg = intent.legs[command.leg] as Leg
  const state = result.outcome === 'ok' ? (result.reading?.state ?? 'unknown') : 'unknown'
  if (leg.step === 'settling') return onWasRead(draft, intent, command.leg, state)
  if (leg.step !== 'turning-off') return
  const mayLand = leg.offMayLandUntil !== undefined && !reached(leg.offMayLandUntil, draft.now)
  if (state === 'unknown' && !mayLand) {
    const sentence = `Whether outlet ${leg.ref.device}/${leg.ref.outlet} is off cannot be read: ${leg.lastError?.sentence ?? 'no state was told'}`
    putIntent(draft, intent.id, { aborted: { code: 'off-unverified', sentence } })
    return draft.wakeIn(0)
  }
  offWasRead(draft, intent, command.leg, state)
}
