import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { parseInside } from '../core/node-watchdog/inside.ts'
import { spell } from '../core/phrase.ts'
import type { NodeAct, NodeShell, ShellFailure } from '../ports/node-shell.ts'
import { type ChildOutcome, runChild } from '../process/run-child.ts'
import { ACT_SCRIPTS } from './act-scripts.ts'
import { isAddress, sshArguments } from './arguments.ts'
import { connectionTrouble } from './connection-trouble.ts'
import { LOOK_SCRIPT } from './look-script.ts'
import type { SshSettings } from './settings.ts'

export type ShellParts = {
  /** Of OpenSSH: a path, or a name in the PATH. */
  readonly program?: string
  readonly timeoutMs?: number
}

const LOOK_MS = 20_000
/** systemd itself gives a unit 90 s to stop. */
const ACT_MS = 120_000
const MAX_OUTPUT_BYTES = 256 * 1024
const REFUSED = 3
const CONNECTION_FAILED = 255

/** OpenSSH as a supervised child: one connection a question. */
export function createNodeShell(cluster: string, settings: SshSettings, parts: ShellParts = {}): NodeShell {
  return new Shell(cluster, settings, parts)
}

class Shell implements NodeShell {
  readonly cluster: string
  readonly #settings: SshSettings
  readonly #parts: ShellParts

  constructor(cluster: string, settings: SshSettings, parts: ShellParts) {
    this.cluster = cluster
    this.#settings = settings
    this.#parts = parts
  }

  reaches(node: string): boolean {
    return this.#addressOf(node) !== undefined
  }

  async look(node: string, signal?: AbortSignal) {
    const outcome = await this.#run(node, LOOK_SCRIPT, LOOK_MS, signal)
    if (!outcome.ok) return { ...outcome, mayHaveHappened: false }
    const facts = parseInside(outcome.stdout)
    return facts === undefined ? strange(node) : { ok: true as const, facts }
  }

  async act(node: string, act: NodeAct, signal?: AbortSignal) {
    const outcome = await this.#run(node, ACT_SCRIPTS[act], ACT_MS, signal)
    if (!outcome.ok) return outcome
    return outcome.stdout.trimEnd().endsWith('done') ? { ok: true as const } : strange(node)
  }

  #addressOf(node: string): string | undefined {
    const address = Object.hasOwn(this.#settings.addresses, node) ? this.#settings.addresses[node] : undefined
    return address !== undefined && isAddress(address) ? address : undefined
  }

  async #run(
    node: string,
    script: string,
    limitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly ok: true; readonly stdout: string } | ShellFailure> {
    const address = this.#addressOf(node)
    if (address === undefined) {
      const sentence = `No address is configured at which ${node} can be reached by SSH.`
      return { ok: false, code: 'not-configured', sentence, mayHaveHappened: false }
    }
    const trouble = keepKnownHosts(this.#settings.knownHostsFile)
    if (trouble !== undefined) return { ok: false, code: 'failed', sentence: trouble, mayHaveHappened: false }
    const timeoutMs = this.#parts.timeoutMs ?? limitMs
    const outcome = await runChild({
      command: this.#parts.program ?? 'ssh',
      args: sshArguments(this.#settings, address),
      stdin: script,
      timeoutMs,
      maxOutputBytes: MAX_OUTPUT_BYTES,
      ...(signal === undefined ? {} : { signal }),
    })
    return outcome.end.kind === 'exited' && outcome.end.exitCode === 0 && !outcome.timedOut && !outcome.aborted
      ? { ok: true, stdout: outcome.stdout }
      : failureOf(node, address, outcome, timeoutMs)
  }
}

function failureOf(node: string, address: string, outcome: ChildOutcome, timeoutMs: number): ShellFailure {
  const { end, stdout, stderr } = outcome
  const place = `${node} (${address})`
  if (end.kind === 'not-started') {
    const code = end.code === 'ENOENT' ? 'not-installed' : end.code === 'ABORTED' ? 'aborted' : 'failed'
    return { ok: false, code, sentence: `${place} was not looked at: ${end.sentence}.`, mayHaveHappened: false }
  }
  if (outcome.aborted) {
    return { ok: false, code: 'aborted', sentence: `${place} was not waited for.`, mayHaveHappened: true }
  }
  if (outcome.timedOut) {
    const sentence = `${place} did not end what it was asked by SSH within ${spell(timeoutMs)}.`
    return { ok: false, code: 'timeout', sentence, mayHaveHappened: true }
  }
  if (end.kind === 'exited' && end.exitCode === REFUSED) {
    const why = /^refused (.{1,200})$/m.exec(stdout)?.[1] ?? 'it did not say why'
    return { ok: false, code: 'refused', sentence: `${place} refused: ${plain(why)}.`, mayHaveHappened: false }
  }
  if (end.kind === 'exited' && end.exitCode === CONNECTION_FAILED) return connectionTrouble(place, plain(stderr))
  const how = end.kind === 'exited' ? `with ${end.exitCode}` : end.kind === 'signalled' ? `by ${end.signal}` : 'never'
  const words = plain(stderr)
  const sentence = `What was asked of ${place} by SSH ended ${how}${words === '' ? '' : `: ${words}`}.`
  return { ok: false, code: 'failed', sentence, mayHaveHappened: true }
}

function strange(node: string): ShellFailure {
  const sentence = `What ${node} answered by SSH is not what the script prints: does its shell greet with words?`
  return { ok: false, code: 'malformed-answer', sentence, mayHaveHappened: true }
}

/** ssh does not make the folder, and would take an unknown host anew each time. */
function keepKnownHosts(file: string): string | undefined {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    return undefined
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    return `The folder of ${file}, in which known hosts are kept, cannot be made (${code}).`
  }
}

/** From outside: the last words, on one line, of bounded length. */
function plain(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .replace(/\.$/, '')
    .slice(-300)
}
