import type { z } from 'zod'
import type { Rate } from '../core/alerts/policy.ts'
import type { Notifier } from '../ports/notifier.ts'

/** Settings out of a short URL such as `ntfy://host/topic`, or a sentence that says what is wrong, without the URL. */
export type FromUrl<Settings> =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly sentence: string }

/** One integration: what the registry of channels is made of. */
export interface ChannelDriver<Settings> {
  readonly type: string
  /** A strict object without `name`, `type`, `local`, `rate` and `url`, which belong to every channel; every key described. */
  readonly schema: z.ZodObject
  /** What the service lets through; used where the configuration says nothing else. */
  readonly rate: Rate
  /** Of short URLs, without the colon. Empty: there is no short form. */
  readonly schemes: readonly string[]
  fromUrl?(url: URL): FromUrl<Settings>
  /** Nothing is sent yet, and no secret is revealed. */
  create(name: string, settings: Settings): Notifier
}
