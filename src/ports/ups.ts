import type { UpsReading } from '../core/ups/reading.ts'

export type UpsAnswer = { readonly ok: boolean; readonly code: string; readonly sentence: string }

/** The UPSes that are configured. Nothing here throws. */
export interface UpsWatch {
  /** Looks at every UPS by its rhythm and gives each reading to `listener`, until it is closed. */
  start(listener: (readings: readonly UpsReading[]) => void): void
  /** Looks now: somebody has heard that something has changed. */
  poke(): void
  /** As last read, by our name of the UPS: what NUT calls them. */
  variables(ups: string): Readonly<Record<string, string>>
  /** Says to upsd that this host draws from its UPS, so that the primary waits for it; and that it does no more. */
  hold(ups: string, host: string): void
  release(ups: string, host: string): void
  /** By host: whether its LOGIN is held, and where upsd refuses it, why. */
  logins(ups: string): Readonly<Record<string, { readonly held: boolean; readonly refused?: string }>>
  /** Commands that the UPS takes at once, such as `test.battery.start.quick`. */
  commands(ups: string): Promise<UpsAnswer & { readonly commands: readonly string[] }>
  command(ups: string, command: string): Promise<UpsAnswer>
  /** Sets what can be set, such as `battery.charge.low`. */
  set(ups: string, variable: string, value: string): Promise<UpsAnswer>
  /** Says FSD as the primary: everybody who watches the UPS shuts down, and so do we. */
  forceShutdown(ups: string): Promise<UpsAnswer>
  close(): Promise<void>
}
