import { isIP, isIPv6 } from 'node:net'
import { z } from 'zod'
import { duration } from '../config/values.ts'
import type { Probe, ProbeAnswer, ProbeTarget } from '../ports/probe.ts'
import { CANARIES, type EchoAnswer, type EchoReport, judgeEcho, nothingKnown } from './echo-report.ts'
import { fpingRound } from './fping-round.ts'
import type { ProbeDeps, ProbeKind } from './kind.ts'
import { MOST_BY_PING, runPings } from './ping.ts'
import { createResolver, type Resolve } from './resolve.ts'

const schema = z.strictObject({
  timeout: duration(200)
    .prefault('3s')
    .describe('How long an answer may take, all tries together. All ICMP targets of a round share the longest.'),
  retries: z
    .int()
    .min(1)
    .max(5)
    .default(1)
    .describe('Further echoes for an address that has not answered the first; each waits its share of the timeout.'),
})

export type IcmpSettings = z.output<typeof schema>

/** Kept of the deadline for ourselves. */
const SLACK_MS = 100
/** Names are looked up first, in at most this part of the deadline. */
const LOOKUP_SHARE = 0.25

/**
 * ICMP echoes to all targets by one fping a round (and a second look at the silent ones), or by a few `ping` where that
 * is missing. An answer proves the kernel. The loopback addresses are asked in every round: see `judgeEcho`.
 */
export const icmp: ProbeKind<IcmpSettings> = {
  kind: 'icmp',
  proves: 'kernel',
  schema,
  provesWith: () => 'kernel',
  maxMs: ({ timeout }) => timeout,
  create: (deps = {}) => new IcmpProbe(deps),
}

class IcmpProbe implements Probe<IcmpSettings> {
  readonly kind = 'icmp'
  readonly #resolve: Resolve
  readonly #env: Readonly<Record<string, string>>

  constructor({ resolve = createResolver(), env = {} }: ProbeDeps) {
    this.#resolve = resolve
    this.#env = env
  }

  async round(
    targets: readonly ProbeTarget<IcmpSettings>[],
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<ProbeAnswer[]> {
    if (targets.length === 0) return []
    const endsMs = performance.now() + deadlineMs - SLACK_MS
    const { addressOf, unresolved } = await this.#addresses(targets, deadlineMs * LOOKUP_SHARE)
    const addresses = withCanaries(new Set(addressOf.values()))
    const judge = await this.#ask(addresses, targets, endsMs, signal)
    // A literal address is its own; answers are made in one pass, since there may be ten thousand.
    return targets.map(({ id, address: name }) => {
      const address = addressOf.get(name)
      return address === undefined ? brokenAnswer(id, unresolved.get(name)) : { id, ...judge(address) }
    })
  }

  async close(): Promise<void> {}

  async #addresses(targets: readonly ProbeTarget[], timeoutMs: number) {
    const addressOf = new Map<string, string>()
    const unresolved = new Map<string, string>()
    const names = new Set<string>()
    for (const { address } of targets) {
      if (isIP(address) === 0) names.add(address)
      else addressOf.set(address, address)
    }
    const lookups = [...names].map(async (name) => {
      const resolved = await this.#resolve(name, timeoutMs)
      if (resolved.ok) addressOf.set(name, resolved.address)
      else unresolved.set(name, resolved.sentence)
    })
    await Promise.all(lookups)
    return { addressOf, unresolved }
  }

  async #ask(
    addresses: readonly string[],
    targets: readonly ProbeTarget<IcmpSettings>[],
    endsMs: number,
    signal: AbortSignal,
  ): Promise<(address: string) => EchoAnswer> {
    let timeoutMs = 0
    let retries = 0
    for (const { settings } of targets) {
      timeoutMs = Math.max(timeoutMs, settings.timeout)
      retries = Math.max(retries, settings.retries)
    }
    const report = await fpingRound({ addresses, timeoutMs, retries, endsMs, signal, env: this.#env })
    if (report === 'missing') return judgeEcho(await this.#pings(addresses, timeoutMs, endsMs, signal))
    return judgeEcho(report)
  }

  async #pings(
    addresses: readonly string[],
    timeoutMs: number,
    endsMs: number,
    signal: AbortSignal,
  ): Promise<EchoReport> {
    if (addresses.filter((address) => !isCanary(address)).length > MOST_BY_PING) {
      return nothingKnown(`fping is not installed; install it to ping more than ${MOST_BY_PING} targets`)
    }
    const report = await runPings(addresses, timeoutMs, endsMs - performance.now(), signal, this.#env)
    return report === 'missing' ? nothingKnown('neither fping nor ping is installed') : report
  }
}

/** Canaries first: they are asked even where not all fit. `::1` only where it is needed, since not every host has it. */
function withCanaries(addresses: Set<string>): string[] {
  const [four, six] = CANARIES
  const canaries: string[] = [four]
  for (const address of addresses) {
    if (!isIPv6(address)) continue
    canaries.push(six)
    break
  }
  for (const canary of canaries) addresses.delete(canary)
  return [...canaries, ...addresses]
}

const isCanary = (address: string) => (CANARIES as readonly string[]).includes(address)

function brokenAnswer(id: string, detail = 'the name cannot be looked up'): ProbeAnswer {
  return { id, says: 'probe-broken', proves: 'none', durationMs: 0, detail }
}
