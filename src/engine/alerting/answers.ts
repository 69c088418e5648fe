import type { Transacted } from '../../ports/alert-store.ts'
import type { AlertAnswer } from '../../ports/alerting.ts'

export function answer(code: string, sentence: string): AlertAnswer {
  return { ok: true, code, sentence }
}

export function refusal(code: string, sentence: string): AlertAnswer {
  return { ok: false, code, sentence }
}

/** What an order came to, or why it could not be written. */
export function written<T extends AlertAnswer>(done: Transacted<T>): T | AlertAnswer {
  return done.ok ? done.value : refusal('store-unavailable', `It could not be written: ${done.sentence}`)
}
