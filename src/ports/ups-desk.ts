import type { UpsAnswer } from './ups.ts'

/** Something of the plan for power failures that was tried without doing it. */
export type RehearsedPart = {
  /** The UPS, cluster or host that it is about. */
  readonly about: string
  /** `hint`: it is no trouble, but worth knowing. */
  readonly result: 'ok' | 'hint' | 'failed'
  readonly sentence: string
}

/** What people may ask about UPSes. Nothing here throws. */
export interface UpsDesk {
  /** Somebody has heard that something has changed: each is looked at now. */
  look(): void
  /** As last read, by our name of the UPS: what NUT calls them. */
  variables(ups: string): Readonly<Record<string, string>>
  /** Asks for real whether each part of the plan could be done, and does nothing. */
  rehearse(): Promise<readonly RehearsedPart[]>
  /** Commands that the UPS takes at once. */
  commands(ups: string): Promise<UpsAnswer & { readonly commands: readonly string[] }>
  command(ups: string, command: string): Promise<UpsAnswer>
  /** Sets what can be set, such as `battery.charge.low`. */
  set(ups: string, variable: string, value: string): Promise<UpsAnswer>
  /** Says FSD as the primary: everybody who watches the UPS shuts down, and so do we. */
  forceShutdown(ups: string): Promise<UpsAnswer>
}
