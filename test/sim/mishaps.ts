import type { CommandOp } from '../../src/core/power/types.ts'

/**
 * What may go wrong with one message to a device.
 * - `lost`: it never arrives; the caller sees a time-out.
 * - `late`: a time-out, and it takes effect `ms` after it was sent.
 * - `doubled`: it works, and takes effect once more `ms` after it was sent.
 * - `not-applied`: acknowledged, even read back as wished, and nothing moved.
 * - `unread`: it worked, but the read-back says nothing.
 * - `misread`: a reading says off, whatever is.
 * - `refused`: the device says no.
 * - `other-identity`: another device answers this once.
 */
export type MishapKind =
  | 'lost'
  | 'late'
  | 'doubled'
  | 'not-applied'
  | 'unread'
  | 'misread'
  | 'refused'
  | 'other-identity'

export type Mishap = {
  readonly kind: MishapKind
  readonly op: CommandOp
  readonly device?: string
  readonly ms?: number
  /** So many messages of this kind pass unharmed before. */
  readonly skip?: number
  /** How many are hit; default 1. */
  readonly times?: number
}

type Pending = { readonly mishap: Mishap; skip: number; times: number }

export class Mishaps {
  #pending: Pending[] = []

  add(mishap: Mishap): void {
    this.#pending.push({ mishap, skip: mishap.skip ?? 0, times: mishap.times ?? 1 })
  }

  clear(): void {
    this.#pending = []
  }

  take(device: string, op: CommandOp): Mishap | undefined {
    if (this.#pending.length === 0) return undefined
    for (const pending of this.#pending) {
      const { mishap } = pending
      if (mishap.op !== op || (mishap.device !== undefined && mishap.device !== device)) continue
      if (pending.skip > 0) {
        pending.skip -= 1
        continue
      }
      pending.times -= 1
      if (pending.times <= 0) this.#pending = this.#pending.filter((each) => each !== pending)
      return mishap
    }
    return undefined
  }
}
