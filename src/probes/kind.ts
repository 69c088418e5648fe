import type { z } from 'zod'
import type { Proof } from '../core/evidence/types.ts'
import type { Probe } from '../ports/probe.ts'
import type { OpenCanary } from './canary.ts'
import type { Resolve } from './resolve.ts'

/** What probes take from outside. Each has a default, so that the registry can create them with nothing. */
export type ProbeDeps = {
  /** Shared by all kinds, so that a name asked by several of them is looked up once. */
  readonly resolve?: Resolve
  /** The loopback listener that tells our own trouble from a silent host (tcp, http, https). */
  readonly openCanary?: OpenCanary
  /** Variables for the programs that a probe runs; PATH decides which `fping` that is. */
  readonly env?: Readonly<Record<string, string>>
}

/** What a probe kind offers to the registry. */
export interface ProbeKind<Settings> {
  readonly kind: string
  /** The most that its answers can prove. */
  readonly proves: Proof
  /** Validates its settings; they reach the probe as this schema's output. */
  readonly schema: z.ZodType<Settings>
  /** The most that an answer with these settings can prove (a TCP accept without a banner: the kernel only). */
  provesWith(settings: Settings): Proof
  /** The longest that one probe waits, milliseconds. An interval has to be longer. */
  maxMs(settings: Settings): number
  create(deps?: ProbeDeps): Probe<Settings>
}
