import { describe, groupByHost } from '../evidence/observe.ts'
import type { Evidence } from '../evidence/types.ts'
import type { Draft } from '../state/draft.ts'
import { later, reached } from '../time.ts'
import { hostOf } from './arbiter.ts'
import { suspectMapping } from './outlets.ts'
import { putIntent } from './steps/command.ts'
import { type Intent, outletKey } from './types.ts'

/** A host that answers a probe sent this long after its verified OFF has its power from elsewhere. */
const STILL_ALIVE_AFTER_MS = 10_000
/** Another host that falls silent within this after the OFF lost its power instead. */
const OTHERS_WITHIN_MS = 60_000

/** What fresh answers mean for the plans that are under way: the last look, and whether the right host went off. */
export function observeForPlans(draft: Draft, evidence: readonly Evidence[]): void {
  const intents = Object.values(draft.state.intents)
  if (intents.length === 0) return
  const byHost = groupByHost(evidence)
  for (const { id } of intents) {
    const intent = draft.state.intents[id] as Intent
    if (intent.barrier === 'checking') takeLastLook(draft, intent, byHost.get(intent.target))
    if (intent.barrier === 'holding' && intent.kind === 'cycle') checkMapping(draft, intent, byHost)
  }
}

function takeLastLook(draft: Draft, intent: Intent, answers: readonly Evidence[] | undefined): void {
  const look = intent.finalProbe
  const host = hostOf(draft.state, intent.target)
  if (look === undefined || host === undefined || answers === undefined || look.answeredAt !== undefined) return
  const fresh = answers.filter(({ sentAt }) => reached(look.askedAt, sentAt))
  const complete = host.channels.every(
    ({ name, proves }) => proves === 'none' || fresh.some(({ channel }) => channel === name),
  )
  if (fresh.length === 0 || !complete) return
  const broken = fresh.find(({ says, channel }) => says === 'probe-broken' && canProve(host.channels, channel))
  if (broken !== undefined && intent.purpose === 'recovery') {
    const sentence = `The probe ${broken.channel} cannot work: ${broken.detail}.`
    return putIntent(draft, intent.id, { aborted: { code: 'evidence-missing', sentence } })
  }
  const userlandOnly = host.onWedged === 'cycle' && host.channels.some(({ proves }) => proves === 'userland')
  const alive = fresh.some(
    ({ says, proves }) => says === 'life' && (userlandOnly ? proves === 'userland' : proves !== 'none'),
  )
  putIntent(draft, intent.id, {
    finalProbe: { ...look, answeredAt: draft.now, alive, sentence: describe(fresh) },
    basis: [...intent.basis.slice(0, 8), `last look: ${describe(fresh)}`],
  })
}

function canProve(channels: readonly { readonly name: string; readonly proves: string }[], channel: string): boolean {
  return channels.some(({ name, proves }) => name === channel && proves !== 'none')
}

function checkMapping(draft: Draft, intent: Intent, byHost: ReadonlyMap<string, readonly Evidence[]>): void {
  const offAt = intent.allOffAt
  if (offAt === undefined) return
  const outlets = intent.legs.map(({ ref }) => outletKey(ref)).join(', ')
  const own = (byHost.get(intent.target) ?? []).filter(({ sentAt }) =>
    reached(later(offAt, STILL_ALIVE_AFTER_MS), sentAt),
  )
  if (own.some(({ says, proves }) => says === 'life' && proves !== 'none')) {
    return wrongMapping(draft, intent, `${intent.target} still answers although its outlet ${outlets} is off.`)
  }
  if (own.some(({ says }) => says === 'silence') && intent.sawSilence !== true) {
    putIntent(draft, intent.id, { sawSilence: true })
  }
  const within = later(offAt, OTHERS_WITHIN_MS)
  for (const name of intent.othersAlive ?? []) {
    const answers = (byHost.get(name) ?? []).filter(({ sentAt }) => reached(offAt, sentAt) && !reached(within, sentAt))
    if (answers.length === 0) continue
    if (noteOther(draft, draft.state.intents[intent.id] as Intent, name, answers)) {
      return wrongMapping(
        draft,
        intent,
        `${name} fell silent when outlet ${outlets} of ${intent.target} was turned off.`,
      )
    }
  }
}

/** One silent answer may be chance: the host is asked again at once, and the second one counts. */
function noteOther(draft: Draft, intent: Intent, name: string, answers: readonly Evidence[]): boolean {
  const once = intent.othersSilent ?? []
  if (answers.some(({ says }) => says !== 'silence')) {
    if (once.includes(name)) putIntent(draft, intent.id, { othersSilent: once.filter((each) => each !== name) })
    return false
  }
  if (once.includes(name)) return true
  putIntent(draft, intent.id, { othersSilent: [...once, name] })
  draft.effect({ kind: 'probe', hosts: [name] })
  return false
}

function wrongMapping(draft: Draft, intent: Intent, sentence: string): void {
  suspectMapping(draft, intent.target, sentence)
  putIntent(draft, intent.id, { aborted: { code: 'mapping-suspect', sentence } })
}
