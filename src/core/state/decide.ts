import { announce } from '../alerts/own/announce.ts'
import { freshOf, observeProbed, observeRound, voidAfterGap } from '../evidence/observe.ts'
import { takeOrder } from '../orders/take-order.ts'
import { advanceIntents } from '../power/advance.ts'
import { arbitrate } from '../power/arbiter.ts'
import { expireClaims } from '../power/claims.ts'
import { observeForPlans } from '../power/mapping.ts'
import { observeDevice, observeDeviceFailure } from '../power/outlets.ts'
import { takeResult } from '../power/results.ts'
import { recover } from '../recovery/recover.ts'
import type { At } from '../time.ts'
import { stepPower } from '../ups/step.ts'
import { takeReadings } from '../ups/units.ts'
import { Draft } from './draft.ts'
import { roundOf } from './initial.ts'
import { prepareToStop, takeOver } from './restart.ts'
import type { Decision, Event, State } from './types.ts'

/**
 * The whole of deciding: what changes, what is told, and what to do after the commit. Synchronous and deterministic.
 * The slices run in a fixed order, each seeing what those before it have changed.
 */
export function decide(state: State, event: Event, now: At): Decision {
  const draft = new Draft(state, now)
  if (event.kind !== 'started') voidAfterGap(draft)
  observe(draft, event)
  if (!roundOf(draft.state).stopping) stepPower(draft, event)
  expireClaims(draft)
  if (!roundOf(draft.state).stopping) {
    recover(draft)
    arbitrate(draft)
  }
  advanceIntents(draft, state.intents)
  announce(draft, state, event)
  return draft.decision()
}

function observe(draft: Draft, event: Event): void {
  switch (event.kind) {
    case 'started':
      return takeOver(draft, event.breadcrumbs, event.storeLost)
    case 'configured':
      return configured(draft, event.moved ?? [])
    case 'round': {
      const fresh = freshOf(draft, event.evidence)
      observeRound(draft, event.round, fresh)
      return observeForPlans(draft, fresh)
    }
    case 'probed': {
      const fresh = freshOf(draft, event.evidence)
      observeProbed(draft, fresh)
      return observeForPlans(draft, fresh)
    }
    case 'device-read':
      return observeDevice(draft, event.device, event.identity, event.readings)
    case 'device-failed':
      return observeDeviceFailure(draft, event.device, event.code, event.sentence)
    case 'command-result':
      return takeResult(draft, event.command, event.result)
    case 'operator':
      return takeOrder(draft, event.order)
    case 'fed':
      return draft.put('feeds', 'feeds', { ...event.feeds, key: 'feeds' })
    case 'ups-read':
      return takeReadings(draft, event.readings)
    case 'power-site':
      return draft.put('powerSites', event.site.cluster, event.site)
    case 'store':
      return observeStore(draft, event.ok, event.sentence)
    case 'noted':
      return draft.tell(event.code, event.sentence, {
        ...(event.host === undefined ? {} : { host: event.host }),
        ...(event.severity === undefined ? {} : { severity: event.severity }),
      })
    case 'stopping':
      return prepareToStop(draft)
    // Only alerts are made of it.
    case 'observed':
    // Taken by the plan for power failures.
    case 'errand-result':
    case 'wake':
      return
  }
}

/** The engine has put the new policy into the state; what was seen of hosts that are gone or moved is forgotten. */
function configured(draft: Draft, moved: readonly string[]): void {
  const names = new Set(draft.state.policy.hosts.map(({ name }) => name))
  for (const host of Object.keys(draft.state.hostsNow)) if (!names.has(host)) draft.put('hostsNow', host, undefined)
  for (const host of moved) draft.put('hostsNow', host, undefined)
  draft.tell(
    'configuration-loaded',
    `The configuration is in force: ${names.size} hosts, mode ${draft.state.policy.mode}.`,
  )
}

function observeStore(draft: Draft, ok: boolean, sentence: string): void {
  if (roundOf(draft.state).storeOk === ok) return
  draft.putRound({ storeOk: ok })
  draft.tell(ok ? 'store-recovered' : 'store-unavailable', sentence)
}
