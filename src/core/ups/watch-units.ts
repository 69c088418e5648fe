import { spell } from '../phrase.ts'
import type { Draft } from '../state/draft.ts'
import { elapsedMs } from '../time.ts'
import type { UnitPolicy, UpsPolicy } from './policy.ts'
import type { UnitNow } from './types.ts'

type Trouble = UnitNow['told'][number]

/** Tells once what is wrong with a UPS, and once that it is over. */
export function watchUnits(draft: Draft, policy: UpsPolicy): void {
  for (const unit of policy.units) {
    const now = draft.state.upsNow[unit.name]
    if (now === undefined) continue
    const told = [...silence(draft, unit, now), ...tokens(draft, now)]
    if (told.length !== now.told.length || told.some((one) => !now.told.includes(one))) {
      draft.put('upsNow', unit.name, { ...now, told })
    }
  }
}

function silence(draft: Draft, unit: UnitPolicy, { silentSince, told, reading }: UnitNow): Trouble[] {
  if (silentSince === undefined) {
    if (told.includes('silent')) draft.tell('ups-heard', `UPS ${unit.name} is heard again.`)
    return []
  }
  const leftMs = unit.deadMs - elapsedMs(silentSince, draft.now)
  if (leftMs > 0 && !told.includes('silent')) {
    draft.wakeIn(leftMs)
    return []
  }
  if (!told.includes('silent')) {
    const row = draft.state.upsUnits[unit.name]
    const counts = row?.supply === 'battery' ? ' It was on battery when it was last heard, and counts as that.' : ''
    const why = reading.sentence ?? `It is ${reading.hearing}.`
    draft.tell('ups-silent', `UPS ${unit.name} has not been heard for ${spell(unit.deadMs)}. ${why}${counts}`)
  }
  return ['silent']
}

const TOKENS = [
  ['RB', 'replace-battery', 'ups-replace-battery', 'asks for a new battery'],
  ['OVER', 'overload', 'ups-overload', 'carries more than it can'],
] as const

function tokens(draft: Draft, { heard, told, unit }: UnitNow): Trouble[] {
  const holding: Trouble[] = []
  for (const [token, trouble, code, words] of TOKENS) {
    if (heard?.status.includes(token) !== true) continue
    holding.push(trouble)
    if (!told.includes(trouble)) draft.tell(code, `UPS ${unit} ${words}.`)
  }
  return holding
}
