import { parseMatcher } from '../../core/alerts/routing/matchers.ts'
import { spell } from '../../core/phrase.ts'
import type { AlertAnswer, SilenceRequest } from '../../ports/alerting.ts'
import { answer, refusal } from './answers.ts'
import type { Work } from './work.ts'

const LONGEST_MS = 366 * 86_400_000
const MOST_MATCHERS = 50

type Silenced = AlertAnswer & { readonly id?: number }

/** From now on what matches is recorded and told to nobody. */
export function silence(work: Work, { matchers, forMs, by, comment }: SilenceRequest): Silenced {
  if (matchers.length === 0) return refusal('invalid-matcher', 'A silence without a matcher would silence everything.')
  if (matchers.length > MOST_MATCHERS) return refusal('invalid-matcher', `More than ${MOST_MATCHERS} matchers.`)
  for (const text of matchers) {
    const parsed = parseMatcher(text)
    if (!parsed.ok) return refusal('invalid-matcher', parsed.sentence)
  }
  if (!(forMs > 0 && forMs <= LONGEST_MS)) {
    return refusal('invalid-time', `A silence lasts longer than nothing and at most ${spell(LONGEST_MS)}.`)
  }
  const { rows, nowMs, hands } = work
  const { id } = rows.insertSilence({ matchers, startsMs: nowMs, endsMs: nowMs + Math.round(forMs), by, comment })
  work.after(() => hands.lookAgain('firing'))
  const what = matchers.join(' and ')
  return { ...answer('silenced', `What matches ${what} is told to nobody for ${spell(forMs)} (silence ${id}).`), id }
}

/** What it muted and still fires is told. */
export function endSilence(work: Work, id: number, by: string): AlertAnswer {
  const { rows, nowMs, hands } = work
  const found = rows.silences(nowMs).find((each) => each.id === id && each.endsMs > nowMs)
  if (found === undefined) return refusal('unknown-silence', `There is no silence ${id}, or it is over.`)
  rows.updateSilence({ ...found, endsMs: nowMs })
  work.after(() => hands.lookAgain('muted'))
  return answer('silence-ended', `${by} ended silence ${id}: what it muted and still fires is told.`)
}
