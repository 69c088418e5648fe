import { Secret, SecretMissing } from '../../config/secret.ts'
import type { DeviceError, DeviceErrorCode } from '../../ports/power-device.ts'
import { lastWords } from '../../process/last-words.ts'
import { type ChildOutcome, runChild } from '../../process/run-child.ts'
import type { Argv, CommandSettings } from './settings.ts'

export type CommandAction = 'status' | 'off' | 'on' | 'identify'

/** What the program printed, once it has ended with success. */
export type CommandRun = { readonly stdout: string } | { readonly error: DeviceError }

const MAX_OUTPUT_BYTES = 64 * 1024
const KILL_GRACE_MS = 1000

/** From sysexits.h, for scripts that care to tell: EX_UNAVAILABLE and EX_NOPERM. */
const BY_EXIT_CODE: Readonly<Record<number, DeviceErrorCode>> = { 69: 'unreachable', 77: 'credentials-refused' }

/** Runs the program for one action. An order that was started may have landed, whatever came of it. */
export async function runCommand(
  device: string,
  settings: CommandSettings,
  action: CommandAction,
  outlet: string,
  signal: AbortSignal,
): Promise<CommandRun> {
  const env: Record<string, string> = {}
  const secrets: string[] = []
  for (const [name, value] of Object.entries(settings.env)) {
    try {
      env[name] = value instanceof Secret ? value.reveal() : value
    } catch (error) {
      if (!(error instanceof SecretMissing)) throw error
      return refused(`the ${action} command was not run: the variable ${name}: ${error.message}`)
    }
    if (env[name].includes('\0'))
      return refused(`the ${action} command was not run: the variable ${name} holds a NUL byte`)
    if (value instanceof Secret) secrets.push(env[name])
  }
  const [program = '', ...args] = argvOf(settings.command, action, outlet)
  const outcome = await runChild({
    command: program,
    args,
    timeoutMs: settings.timeout,
    killGraceMs: KILL_GRACE_MS,
    maxOutputBytes: MAX_OUTPUT_BYTES,
    signal,
    env: { ...env, WATCHDOG_ACTION: action, WATCHDOG_OUTLET: outlet, WATCHDOG_DEVICE: device },
  })
  return judge(outcome, action, secrets)
}

function argvOf(command: CommandSettings['command'], action: CommandAction, outlet: string): Argv {
  if (isList(command)) return [...command, action, outlet]
  const [program = '', ...args] = command[action] ?? []
  return [program, ...args.map((argument) => argument.replaceAll('{outlet}', () => outlet))]
}

/** `Array.isArray` does not narrow a readonly array. */
export function isList(command: CommandSettings['command']): command is Argv {
  return Array.isArray(command)
}

function judge(outcome: ChildOutcome, action: CommandAction, secrets: readonly string[]): CommandRun {
  const { end } = outcome
  const started = end.kind !== 'not-started'
  const mayHaveLanded = started && (action === 'off' || action === 'on')
  const error = (code: DeviceErrorCode, sentence: string): CommandRun => {
    const words = lastWords(outcome, secrets)
    return { error: { code, sentence: words === '' ? sentence : `${sentence}: ${words}`, mayHaveLanded } }
  }
  if (outcome.aborted) return error('aborted', `the ${action} command was ended before it had finished`)
  if (!started) return error('agent-failed', end.sentence)
  if (outcome.timedOut) {
    const seconds = Math.round(outcome.durationMs / 1000)
    return error('timeout', `the ${action} command was ended after ${seconds} s without an answer`)
  }
  if (end.kind !== 'exited') {
    return error(
      'agent-failed',
      `the ${action} command was killed${end.kind === 'signalled' ? ` by ${end.signal}` : ''}`,
    )
  }
  if (end.exitCode !== 0) {
    const code = BY_EXIT_CODE[end.exitCode] ?? 'agent-failed'
    return error(code, `the ${action} command failed with exit code ${end.exitCode}`)
  }
  if (outcome.truncated) return error('malformed-answer', `the ${action} command printed far more than one line`)
  return { stdout: outcome.stdout }
}

function refused(sentence: string): CommandRun {
  return { error: { code: 'refused', sentence, mayHaveLanded: false } }
}
