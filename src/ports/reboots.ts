import type { JudgedReboot } from './journal-tails.ts'

/** One reboot of a node: `boot` counts back from the newest, which is -1. */
export type KnownReboot = JudgedReboot & { readonly boot: number }

/** What is known of the reboots of one node, newest first; or why that is not to be had. */
export type RebootsAnswer =
  | {
      readonly ok: true
      readonly cluster: string
      readonly node: string
      /** Ours, where it is one that we watch. */
      readonly host?: string
      readonly reboots: readonly KnownReboot[]
    }
  | { readonly ok: false; readonly code: 'no-such-node' | 'no-such-boot' | 'unavailable'; readonly sentence: string }
