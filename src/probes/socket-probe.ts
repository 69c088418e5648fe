import type { Probe } from '../ports/probe.ts'
import { loopbackCanary, withCanary } from './canary.ts'
import type { ProbeDeps } from './kind.ts'
import { createResolver } from './resolve.ts'
import { type Ask, socketRound } from './socket-round.ts'

/** A probe that asks each target over a connection of its own, with the loopback canary in each round. */
export function socketProbe<Settings extends { readonly timeout: number }>(
  kind: string,
  { resolve = createResolver(), openCanary = loopbackCanary }: ProbeDeps = {},
  ask: Ask<Settings>,
): Probe<Settings> {
  const probe: Probe<Settings> = {
    kind,
    round: (targets, deadlineMs, signal) => socketRound(targets, deadlineMs, signal, resolve, ask),
    close: async () => {},
  }
  return withCanary(probe, openCanary())
}
