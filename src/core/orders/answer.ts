import { list } from '../phrase.ts'
import type { Draft } from '../state/draft.ts'
import type { Order } from '../state/types.ts'

/** The one answer that each order gets. */
export function answer(draft: Draft, ok: boolean, code: string, sentence: string, intent?: string): void {
  draft.effect({ kind: 'answer', ok, code, sentence, ...(intent === undefined ? {} : { intent }) })
}

export function refuse(draft: Draft, order: Order, code: string, sentence: string, host?: string): void {
  const about = host === undefined ? {} : { host }
  draft.tell('order-refused', `${order.by} asked for ${order.order}: refused. ${sentence}`, {
    ...about,
    guards: [code],
  })
  answer(draft, false, code, sentence)
}

export function unknownHost(draft: Draft, name: string): string {
  const names = draft.state.policy.hosts.map((host) => host.name)
  return `There is no host ${name}. Configured: ${names.length === 0 ? 'none' : list(names.slice(0, 20))}.`
}
