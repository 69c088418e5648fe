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

/** Answering hosts are through quickly with this, and few handshakes at once hold little memory and our loop not at all. */
const USUALLY_AT_ONCE = 32
/** Kept of the deadline for ourselves. */
const SLACK_MS = 100

/**
 * How many to ask at once so that all `count` are asked within `leftMs`, even where every one of them hangs for its
 * whole `timeoutMs`; no fewer than `usually`.
 */
export function atOnce(count: number, timeoutMs: number, leftMs: number, usually = USUALLY_AT_ONCE): number {
  const waves = Math.max(1, Math.floor(leftMs / timeoutMs))
  return Math.min(count, Math.max(usually, Math.ceil(count / waves)))
}

/**
 * Asks every target once, and ends within `deadlineMs`. It begins with a few at once and goes wider only when the pace
 * would not do: hosts that hang cost nothing but their timeout, so a site where most of them hang gets as many at once
 * as it takes.
 */
export async function socketRound<Settings extends { readonly timeout: number }>(
  targets: readonly ProbeTarget<Settings>[],
  deadlineMs: number,
  signal: AbortSignal,
  resolve: Resolve,
  ask: Ask<Settings>,
): Promise<ProbeAnswer[]> {
  const endsMs = performance.now() + deadlineMs - SLACK_MS
  const longestMs = targets.reduce((longest, { settings }) => Math.max(longest, settings.timeout), 1)
  const answers: ProbeAnswer[] = []
  const workers: Promise<void>[] = []
  let next = 0
  const worker = async () => {
    for (let target = targets[next++]; target !== undefined; target = targets[next++]) {
      answers.push({ id: target.id, ...(await askOne(target, endsMs, signal, resolve, ask)) })
    }
  }
  const widenTo = (count: number) => {
    while (workers.length < count) workers.push(worker())
  }

  const lookEveryMs = longestMs / 4
  let before = 0
  const widen = () => {
    const left = targets.length - Math.min(next, targets.length)
    const leftMs = endsMs - performance.now()
    const asked = targets.length - left - before
    before += asked
    const paceMs = asked === 0 ? Number.POSITIVE_INFINITY : (left / asked) * lookEveryMs
    // One wave of hanging hosts has to fit in after those that answer, at any time.
    if (left > 0 && paceMs > leftMs - longestMs) widenTo(workers.length + atOnce(left, longestMs, leftMs, 0))
  }
  // With time for two waves a quarter of one may be spent on finding out; with less, all go at once.
  widenTo(deadlineMs - SLACK_MS < 2 * longestMs ? targets.length : Math.min(targets.length, USUALLY_AT_ONCE))
  const timer = setInterval(widen, lookEveryMs)
  try {
    // Again where more of them were begun meanwhile.
    while (answers.length < targets.length) await Promise.all(workers)
  } finally {
    clearInterval(timer)
  }
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
