import type { Notifier, NotifyFailure, SendOutcome, SendRequest } from '../../ports/notifier.ts'
import { lastWords } from '../../process/last-words.ts'
import { type ChildOutcome, runChild } from '../../process/run-child.ts'
import { refused, withSecrets } from '../outcome.ts'
import { payloadText } from '../payload.ts'
import { environmentOf } from './environment.ts'
import type { CommandSettings } from './settings.ts'

const MAX_OUTPUT_BYTES = 64 * 1024
const KILL_GRACE_MS = 1000

/** From sysexits.h: EX_USAGE, EX_DATAERR, EX_UNAVAILABLE, EX_TEMPFAIL, EX_NOPERM. */
const BY_EXIT_CODE: Readonly<Record<number, readonly [NotifyFailure, 'later' | 'never']>> = {
  64: ['rejected', 'never'],
  65: ['rejected', 'never'],
  69: ['unreachable', 'later'],
  75: ['agent-failed', 'later'],
  77: ['credentials-refused', 'later'],
}

/** Runs a program of yours for each message; its exit code is its word on what came of it. */
export class CommandNotifier implements Notifier {
  readonly name: string
  readonly type = 'command'
  readonly edits = false
  readonly #settings: CommandSettings

  constructor(name: string, settings: CommandSettings) {
    this.name = name
    this.#settings = settings
  }

  send({ message, plain }: SendRequest, signal: AbortSignal): Promise<SendOutcome> {
    return withSecrets(async () => {
      const { command, timeout } = this.#settings
      const [program = '', ...args] = command
      const env: Record<string, string> = {}
      const secrets: string[] = []
      for (const [name, value] of Object.entries(this.#settings.env)) {
        env[name] = typeof value === 'string' ? value : value.reveal()
        if (env[name].includes('\0')) {
          return refused('secret-missing', 'later', `it was not run: the variable ${name} holds a NUL byte`)
        }
        if (typeof value !== 'string') secrets.push(env[name])
      }
      const outcome = await runChild({
        command: program,
        args,
        stdin: `${payloadText(message, plain)}\n`,
        timeoutMs: timeout,
        killGraceMs: KILL_GRACE_MS,
        maxOutputBytes: MAX_OUTPUT_BYTES,
        signal,
        env: { ...env, ...environmentOf(message) },
      })
      return judge(outcome, secrets)
    })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

function judge(outcome: ChildOutcome, secrets: readonly string[]): SendOutcome {
  const { end } = outcome
  const failed = (code: NotifyFailure, advice: 'later' | 'never', what: string, mayHaveArrived: boolean) => {
    const words = lastWords(outcome, secrets)
    return refused(code, advice, words === '' ? what : `${what}: ${words}`, { mayHaveArrived })
  }
  if (end.kind === 'not-started') {
    return refused(outcome.aborted ? 'aborted' : 'agent-failed', 'later', end.sentence)
  }
  if (outcome.aborted) return failed('aborted', 'later', 'the program was ended before it had finished', true)
  if (outcome.timedOut) {
    const seconds = Math.round(outcome.durationMs / 1000)
    return failed('timeout', 'later', `the program was ended after ${seconds} s`, true)
  }
  if (end.kind !== 'exited') {
    const by = end.kind === 'signalled' ? ` by ${end.signal}` : ''
    return failed('agent-failed', 'later', `the program was killed${by}`, true)
  }
  if (end.exitCode === 0) return { ok: true }
  const [code, advice] = BY_EXIT_CODE[end.exitCode] ?? ['agent-failed', 'later']
  return failed(code, advice, `the program ended with exit code ${end.exitCode}`, false)
}
