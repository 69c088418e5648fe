import type { Situation } from '../../core/plan/situation.ts'
import type { Suppositions } from '../../core/ups/forecast/types.ts'
import { durationOf } from '../arguments.ts'
import type { Cli } from '../cli.ts'
import type { Client, Failure } from '../client.ts'

export type SupposeOptions = {
  readonly ups?: readonly string[]
  readonly mainsBackAfter?: string
  readonly runtime?: string
}

/** The situation that the running watchdog is in. */
export async function situationNow(client: Client): Promise<{ ok: true; situation: Situation } | Failure> {
  const reply = await client.call('export')
  return reply.ok ? situationIn(reply.value, 'What the watchdog exports') : reply
}

/** The situation in a file, as `state export` writes it. */
export async function situationInFile(file: string): Promise<{ ok: true; situation: Situation } | Failure> {
  const { readFileSync } = await import('node:fs')
  try {
    return await situationIn(JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8')), file)
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error))
    return { ok: false, exit: 'no', sentence: `${file} cannot be read: ${why}.` }
  }
}

async function situationIn(value: unknown, what: string): Promise<{ ok: true; situation: Situation } | Failure> {
  const { parseSituation } = await import('../../api/situation.ts')
  const parsed = parseSituation(value)
  if (parsed.ok) return parsed
  const sentence = `${what} is no situation of this version of the watchdog:\n  ${parsed.sentences.join('\n  ')}`
  return { ok: false, exit: 'no', sentence }
}

/** The options as the forecast takes them, or what is wrong with one. */
export async function suppositionsOf(
  { ups, mainsBackAfter, runtime }: SupposeOptions,
  known: readonly string[],
): Promise<{ ok: true; supposed: Suppositions } | Failure> {
  const strange = ups?.find((name) => !known.includes(name))
  if (strange !== undefined) {
    return { ok: false, exit: 'usage', sentence: `No UPS is called ${strange}; there are ${known.join(', ')}.` }
  }
  const back = mainsBackAfter === undefined ? undefined : await durationOf('--mains-back-after', mainsBackAfter)
  if (back?.ok === false) return back
  const lasts = runtime === undefined ? undefined : await durationOf('--runtime', runtime)
  if (lasts?.ok === false) return lasts
  const supposed = {
    ...(ups === undefined ? {} : { units: ups }),
    ...(back === undefined ? {} : { mainsBackAfterMs: back.ms }),
    ...(lasts === undefined ? {} : { runtimeMs: lasts.ms }),
  }
  return { ok: true, supposed }
}

export async function canvasOf({ terminal }: Cli) {
  const { painter } = await import('../text/paint.ts')
  return { paint: painter(terminal.colour), columns: terminal.columns() }
}
