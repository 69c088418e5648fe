import type { Draft } from '../state/draft.ts'
import type { State } from '../state/types.ts'
import { reached } from '../time.ts'
import { stepChecking } from './steps/checking.ts'
import { stepHolding } from './steps/holding.ts'
import { stepAllOff, toAllOn } from './steps/turning-off.ts'
import { stepAllOn } from './steps/turning-on.ts'
import type { Intent } from './types.ts'

/** Lets each live plan take its next step. A plan written down in this very decision waits for the next one. */
export function advanceIntents(draft: Draft, before: State['intents']): void {
  for (const { id } of Object.values(draft.state.intents)) {
    const intent = draft.state.intents[id]
    if (intent === undefined || before[id] === undefined) continue
    advance(draft, overdue(draft, intent) ?? intent)
  }
}

function advance(draft: Draft, intent: Intent): void {
  switch (intent.barrier) {
    case 'checking':
      return stepChecking(draft, intent)
    case 'all-off':
      return stepAllOff(draft, intent)
    case 'holding':
      return stepHolding(draft, intent)
    case 'all-on':
    case 'stuck':
      return stepAllOn(draft, intent)
  }
}

/** Whatever else holds a plan up: past `mustBeOnBy` it turns on. */
function overdue(draft: Draft, intent: Intent): Intent | undefined {
  if (intent.mustBeOnBy === undefined || (intent.barrier !== 'all-off' && intent.barrier !== 'holding'))
    return undefined
  if (!reached(intent.mustBeOnBy, draft.now)) {
    draft.wakeBy(intent.mustBeOnBy)
    return undefined
  }
  toAllOn(draft, intent)
  return draft.state.intents[intent.id]
}
