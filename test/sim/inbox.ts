import type { AlertUpdate, Incoming } from '../../src/core/alerts/types.ts'

export type Arrived = { readonly trueMs: number; readonly incoming: Incoming }

/** The alerts' inbox as the disk has it. What a full disk did not take is owed to it, and lost with the process. */
export class Inbox {
  #rows: Arrived[] = []
  #owed: Arrived[] = []

  get rows(): readonly Arrived[] {
    return this.#rows
  }

  take(incoming: readonly Incoming[], ok: boolean, trueMs: number): void {
    for (const each of incoming) this.#owed.push({ trueMs, incoming: each })
    if (!ok || this.#owed.length === 0) return
    this.#rows.push(...this.#owed)
    this.#owed = []
  }

  forgetOwed(): void {
    this.#owed = []
  }

  lose(): void {
    this.#rows = []
  }

  /** What was told of an alert, oldest first. */
  of(name: string, subject?: string): AlertUpdate[] {
    return this.#rows.flatMap(({ incoming }) => {
      if (incoming.kind !== 'alert' || incoming.labels.alertname !== name) return []
      return subject === undefined || Object.values(incoming.labels).includes(subject) ? [incoming] : []
    })
  }

  /** `firing`, `resolved`, `notice`, in their order. */
  story(name: string, subject?: string): string {
    return this.of(name, subject)
      .map(({ status }) => status)
      .join(' ')
  }

  fires(name: string, subject?: string): boolean {
    return this.of(name, subject).at(-1)?.status === 'firing'
  }

  /** The codes of what was noted about a host or device. */
  notes(about: string): string[] {
    return this.#rows.flatMap(({ incoming }) =>
      incoming.kind === 'note' && (incoming.host === about || incoming.device === about) ? [incoming.code] : [],
    )
  }
}
