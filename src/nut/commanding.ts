import type { Clock } from '../ports/clock.ts'
import type { UpsAnswer } from '../ports/ups.ts'
import { NutConnection } from './connection.ts'
import type { NutOutcome } from './outcome.ts'
import type { NutUnit } from './settings.ts'

const TRACK_EVERY_MS = 500
const TRACK_LIMIT_MS = 15_000

/** Asks on a connection of its own, which is closed afterwards. */
async function asking<T>(
  unit: NutUnit,
  timeoutMs: number,
  ask: (connection: NutConnection) => Promise<NutOutcome<T>>,
): Promise<NutOutcome<T>> {
  const opened = await NutConnection.open(unit, timeoutMs)
  if (!opened.ok) return opened
  const outcome = await ask(opened.value)
  opened.value.close()
  return outcome
}

export function listCommands(unit: NutUnit, timeoutMs: number): Promise<NutOutcome<readonly string[]>> {
  return asking(unit, timeoutMs, async (connection) => {
    const rows = await connection.list('CMD', unit.upsName)
    return rows.ok ? { ok: true, value: rows.value.map(([, , name = '']) => name) } : rows
  })
}

/** An instant command, followed until the driver has taken it: upsd itself says only that it has passed it on. */
export function runCommand(unit: NutUnit, command: string, clock: Clock, timeoutMs: number): Promise<UpsAnswer> {
  return tracked(unit, ['INSTCMD', unit.upsName, command], command, clock, timeoutMs)
}

/** Sets a variable that can be set, such as `battery.charge.low`, followed in the same way. */
export function setVariable(
  unit: NutUnit,
  { variable, value }: { readonly variable: string; readonly value: string },
  clock: Clock,
  timeoutMs: number,
): Promise<UpsAnswer> {
  const words = ['SET', 'VAR', unit.upsName, variable, value]
  return tracked(unit, words, `${variable} = ${value}`, clock, timeoutMs)
}

/** As its primary: everybody who watches the UPS shuts down now. upsd before 2.8 knows only the older word. */
export async function forceShutdown(unit: NutUnit, timeoutMs: number): Promise<UpsAnswer> {
  const outcome = await asking(unit, timeoutMs, async (connection) => {
    const primary = await connection.ask('PRIMARY', unit.upsName)
    const isOld = !primary.ok && primary.code === 'not-supported'
    const granted = isOld ? await connection.ask('MASTER', unit.upsName) : primary
    return granted.ok ? connection.ask('FSD', unit.upsName) : granted
  })
  if (!outcome.ok) return { ok: false, code: outcome.code, sentence: outcome.sentence }
  return { ok: true, code: 'done', sentence: `Everybody who watches ${unit.name} is told to shut down now.` }
}

async function tracked(
  unit: NutUnit,
  words: readonly string[],
  what: string,
  clock: Clock,
  timeoutMs: number,
): Promise<UpsAnswer> {
  const outcome = await asking(unit, timeoutMs, async (connection): Promise<NutOutcome<string>> => {
    const isTracked = await connection.ask('SET', 'TRACKING', 'ON')
    const sent = await connection.ask(...words)
    if (!sent.ok) return sent
    const id = isTracked.ok && sent.value[1] === 'TRACKING' ? sent.value[2] : undefined
    return id === undefined ? { ok: true, value: 'SENT' } : follow(connection, id, clock)
  })
  if (!outcome.ok) return { ok: false, code: outcome.code, sentence: outcome.sentence }
  if (outcome.value === 'SUCCESS') return { ok: true, code: 'done', sentence: `${unit.name} has taken ${what}.` }
  if (outcome.value === 'SENT' || outcome.value === 'PENDING') {
    return { ok: true, code: 'sent', sentence: `${what} was sent to ${unit.name}, which has not answered yet.` }
  }
  return { ok: false, code: 'refused', sentence: `${unit.name} did not take ${what}: ${outcome.value}.` }
}

async function follow(connection: NutConnection, id: string, clock: Clock): Promise<NutOutcome<string>> {
  const until = clock.now().monoMs + TRACK_LIMIT_MS
  for (;;) {
    const told = await connection.ask('GET', 'TRACKING', id)
    if (!told.ok) return told
    const state = told.value.join(' ')
    if (state !== 'PENDING' || clock.now().monoMs >= until) return { ok: true, value: state }
    await clock.sleep(TRACK_EVERY_MS)
  }
}
