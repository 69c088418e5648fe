import type { z } from 'zod'
import type { Proof } from '../core/evidence/types.ts'

/** What the configuration needs to know of a probe kind. `create` and the rest are not its business. */
export interface ProbeDeclaration {
  readonly kind: string
  /** A strict object; every key described. */
  readonly schema: z.ZodType
  /** What life it proves at best with these settings. */
  provesWith(settings: unknown): Proof
  /** The longest that one round of it can take with these settings, milliseconds. */
  maxMs(settings: unknown): number
}

/** `required`: a strip. `none`: one switch, such as a BMC. `names`: the only outlets that there are. */
export type Addressing = { readonly outlet: 'required' | 'none' | 'optional'; readonly names?: readonly string[] }

/** What the configuration needs to know of a power driver. */
export interface DriverDeclaration {
  readonly driver: string
  /** A strict object without `name`, `driver` and `outlets`, which belong to every device; every key described. */
  readonly schema: z.ZodObject
  /** Whether a host must say which outlet of a device, from what was written for it, not yet validated. */
  addressing(written: Readonly<Record<string, unknown>>): Addressing
  /** What it is that is spoken to (an address, a program): a change of it retargets every host on the device. */
  endpoint(settings: unknown): string
  /** The longest that one OFF or ON can take, milliseconds. */
  slowestCommandMs(settings: unknown): number
}

/** What the configuration needs to know of an integration that tells people. */
export interface ChannelDeclaration {
  readonly type: string
  /** A strict object without the keys that belong to every channel; every key described. */
  readonly schema: z.ZodObject
}

/** What the configuration needs to know of a service that notices when we fall silent. */
export interface HeartbeatDeclaration {
  readonly type: string
  /** A strict object without `name`, `type` and `every`; every key described. */
  readonly schema: z.ZodObject
}

/** The probe kinds, power drivers, channels and heartbeats that a configuration may name. `app/registry` holds the real ones. */
export type Registries = {
  readonly probes: Readonly<Record<string, ProbeDeclaration>>
  readonly drivers: Readonly<Record<string, DriverDeclaration>>
  readonly channels: Readonly<Record<string, ChannelDeclaration>>
  readonly heartbeats: Readonly<Record<string, HeartbeatDeclaration>>
}
