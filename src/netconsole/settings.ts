/** What the kernel uses for a netconsole that names no port: Documentation/networking/netconsole.rst. */
export const DEFAULT_PORT = 6666

export type NetconsoleSettings = {
  /** The address to listen on; `0.0.0.0` and `::` for all. */
  readonly listen: string
  /** UDP; 0 takes any that is free. */
  readonly port: number
  /** Who may speak. */
  readonly hosts: readonly KnownHost[]
}

/** `address`: an IP address or a name that resolves to some. */
export type KnownHost = { readonly name: string; readonly address: string }

/** One line as a person reads it: one line of text, such as `[   28.773688] softdog: Initiating system reboot`. */
export type NetconsoleLine = {
  /** When it arrived, by our own wall clock. */
  readonly atMs: number
  readonly text: string
}

export type NetconsoleStats = {
  readonly hosts: Readonly<
    Record<string, { readonly lines: number; readonly dropped: number; readonly lastAtMs?: number }>
  >
  /** Datagrams from addresses that belong to no host. */
  readonly unknown: number
  /** The newest of these addresses, at most a handful. */
  readonly unknownSenders: readonly string[]
}
