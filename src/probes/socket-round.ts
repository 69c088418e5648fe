import { isIP } from 'node:net'
import type { ProbeAnswer, ProbeTarget } from '../ports/probe.ts'
import type { Resolve } from './resolve.ts'
import type { SocketAnswer } from './socket-exchange.ts'

export type Ask<Settings> = (
  target: ProbeTarget<Settings>,
  address: string,
  timeoutMs: number,
  signal: AbortSignal,
) => Promise<SocketAnswer>

/** Enough for a round of answering hosts to be quick, few enough that their handshakes do not hold up our loop. */
const USUALLY_AT_ONCE = 64
/** Kept of the deadline for ourselves. */
const SLACK_MS = 100

/**
 * How many to ask at once so that all `count` are asked within `deadlineMs`, even where every one of them hangs for
 * its whole `timeoutMs`.
 */
export function atOnce(count: number, timeoutMs: number, deadlineMs: number, usually = USUALLY_AT_ONCE): number {
  const waves = Math.max(1, Math.floor((deadlineMs - SLACK_MS) / timeoutMs))
  return Math.min(count, Math.max(usually, Math.ceil(count / waves)))
}

/** Asks every target once, bounded in number at once; all have their answer within `deadlineMs`. */
export async function socketRound<Settings extends { readonly timeout: number }>(
  targets: readonly ProbeTarget<Settings>[],
  deadlineMs: number,
  signal: AbortSignal,
  resolve: Resolve,
  ask: Ask<Settings>,
): Promise<ProbeAnswer[]> {
  const endsMs = performance.now() + deadlineMs - SLACK_MS
  const answers: ProbeAnswer[] = []
  let next = 0
  const worker = async () => {
    for (let target = targets[next++]; target !== undefined; target = targets[next++]) {
      answers.push({ id: target.id, ...(await askOne(target, endsMs, signal, resolve, ask)) })
    }
  }
  const longestMs = targets.reduce((longest, { settings }) => Math.max(longest, settings.timeout), 1)
  const workers = Array.from({ length: atOnce(targets.length, longestMs, deadlineMs) }, worker)
  await Promise.all(workers)
  return answers
}

async function askOne<Settings extends { readonly timeout: number }>(
  target: ProbeTarget<Settings>,
  endsMs: number,
  signal: AbortSignal,
  resolve: Resolve,
  ask: Ask<Settings>,
): Promise<SocketAnswer> {
  const startedMs = performance.now()
  const giveUpMs = Math.min(startedMs + target.settings.timeout, endsMs)
  const broken = (detail: string): SocketAnswer => ({
    says: 'probe-broken',
    proves: 'none',
    durationMs: performance.now() - startedMs,
    detail,
  })
  if (signal.aborted) return broken('the round was aborted')
  let address = target.address
  if (isIP(address) === 0) {
    const resolved = await resolve(address, Math.max(0, giveUpMs - startedMs))
    if (!resolved.ok) return broken(resolved.sentence)
    address = resolved.address
  }
  const timeoutMs = giveUpMs - performance.now()
  if (timeoutMs <= 0) return broken('the round left no time to ask')
  const answer = await ask(target, address, timeoutMs, signal)
  // A host that was given less than half of its time has not been asked fairly: its silence says nothing.
  const fair = timeoutMs >= target.settings.timeout / 2
  return answer.says === 'silence' && !fair ? broken(`the round left too little time (${answer.detail})`) : answer
}
