import type { Clock } from '../../ports/clock.ts'
import type { Notifier, ReadBack, SendOutcome, SendRequest } from '../../ports/notifier.ts'

/** A call that takes longer is given up. */
const CALL_MS = 30_000
/** One that does not end even then is left alone. */
const GRACE_MS = 5_000

type Failed = Extract<SendOutcome, { ok: false }>

/**
 * Calls a notifier with a deadline. Never rejects, and always ends: a notifier that hangs keeps its channel no longer
 * than that, and `stop` ends the call at once.
 */
export async function callNotifier(
  notifier: Notifier,
  request: SendRequest,
  clock: Clock,
  stop: AbortSignal,
): Promise<SendOutcome> {
  const outcome = await limited(clock, stop, (signal) => notifier.send(request, signal))
  if (outcome === 'stopped') return given('aborted', 'It was given up: the watchdog stops.')
  if (outcome === 'overdue') return given('timeout', `It gave no answer for ${CALL_MS / 1000} s.`)
  if ('failed' in outcome) return given('agent-failed', `The integration failed: ${outcome.failed}`)
  // Our own deadline, as the notifier saw it.
  if (!outcome.ok && outcome.code === 'aborted') {
    return stop.aborted
      ? outcome
      : { ...outcome, code: 'timeout', sentence: `It gave no answer for ${CALL_MS / 1000} s.` }
  }
  return outcome
}

export async function callReadBack(
  notifier: Notifier,
  ref: string,
  clock: Clock,
  stop: AbortSignal,
): Promise<ReadBack> {
  const found = await limited(clock, stop, async (signal): Promise<ReadBack> => {
    return (await notifier.readBack?.(ref, signal)) ?? { ok: false, sentence: 'It cannot be read back.' }
  })
  if (typeof found === 'string') return { ok: false, sentence: 'It could not be read back in time.' }
  return 'failed' in found ? { ok: false, sentence: `It could not be read back: ${found.failed}` } : found
}

type Ended<T> = T | 'stopped' | 'overdue' | { readonly failed: string }

async function limited<T>(
  clock: Clock,
  stop: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<Ended<T>> {
  const ended = new AbortController()
  const giveUp = new AbortController()
  const overdue = clock.sleep(CALL_MS * clock.pace, ended.signal).then(async (): Promise<'overdue'> => {
    giveUp.abort()
    await clock.sleep(GRACE_MS * clock.pace, ended.signal)
    return 'overdue'
  })
  const stopped = new Promise<'stopped'>((resolve) => {
    const end = () => resolve('stopped')
    if (stop.aborted) end()
    else stop.addEventListener('abort', end, { once: true, signal: ended.signal })
  })
  try {
    return await Promise.race([call(AbortSignal.any([giveUp.signal, stop])), overdue, stopped])
  } catch (error) {
    // A notifier that throws is a mistake of ours; its words may hold what it was sent, so that only its kind is told.
    return { failed: error instanceof Error ? error.name : 'unknown' }
  } finally {
    ended.abort('ended')
  }
}

/** Nobody knows whether it arrived. */
function given(code: Failed['code'], sentence: string): Failed {
  return { ok: false, code, sentence, advice: 'later', mayHaveArrived: true }
}
