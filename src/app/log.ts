import { type DestinationStream, type Logger, pino } from 'pino'
import type { Severity } from '../core/codes.ts'
import type { Told } from '../core/state/types.ts'

export type Log = Logger

const LEVEL_OF: Record<Severity, 'debug' | 'info' | 'warn' | 'error'> = {
  debug: 'debug',
  info: 'info',
  warning: 'warn',
  critical: 'error',
}
const PINO_WORDS: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'ERROR',
  60: 'FATAL',
}
const COLOUR: Record<number, string> = { 20: '\x1b[2m', 40: '\x1b[33m', 50: '\x1b[31;1m', 60: '\x1b[31;1m' }

/** JSON lines; on a terminal one readable line each. Standard output, so that a supervisor keeps it. */
export function createLog(level: string, stream: NodeJS.WriteStream = process.stdout): Log {
  if (!stream.isTTY) return pino({ level, base: null }, stream)
  const colour = process.env.NO_COLOR === undefined || process.env.NO_COLOR === ''
  return pino({ level, base: null }, prettyStream(stream, colour))
}

/** What happened, as a log line. */
export function logTold(log: Log, told: Told): void {
  const { severity, at, sentence, ...about } = told
  log[LEVEL_OF[severity]](about, sentence)
}

function prettyStream(stream: NodeJS.WriteStream, colour: boolean): DestinationStream {
  return {
    write(line: string): void {
      stream.write(`${prettyLine(JSON.parse(line) as Record<string, unknown>, colour)}\n`)
    },
  }
}

export function prettyLine(entry: Record<string, unknown>, colour: boolean): string {
  const { level, time, msg, err } = entry as { level: number; time: number; msg?: string; err?: { stack?: string } }
  const clock = new Date(time).toLocaleTimeString('en-GB')
  const word = (PINO_WORDS[level] ?? String(level)).padEnd(5)
  const paint = colour ? (COLOUR[level] ?? '') : ''
  const guards = Array.isArray(entry.guards) ? ` [${entry.guards.join(', ')}]` : ''
  const stack = err?.stack === undefined ? '' : `\n${err.stack}`
  return `${clock} ${paint}${word}${paint === '' ? '' : '\x1b[0m'} ${msg ?? ''}${guards}${stack}`
}
