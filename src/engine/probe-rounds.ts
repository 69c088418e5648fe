import { REFERENCE } from '../core/evidence/observe.ts'
import type { Evidence, Proof } from '../core/evidence/types.ts'
import type { Clock } from '../ports/clock.ts'
import type { ProbeStat } from '../ports/daemon.ts'
import type { Probe, ProbeAnswer, ProbeTarget } from '../ports/probe.ts'
import type { Probing } from '../ports/probing.ts'

/** One channel of one host or reference. */
export type Channel = {
  /** A host's name, or `reference:NAME`. */
  readonly of: string
  readonly name: string
  readonly kind: string
  readonly address: string
  readonly settings: unknown
  readonly proves: Proof
}

type Stat = { -readonly [K in keyof ProbeStat]: ProbeStat[K] }

/** How much longer than its deadline a probe may take before it counts as broken. */
const OVERTIME_MS = 500

/** Asks all channels of a round together, one call a probe kind, and turns the answers into evidence. */
export class ProbeRounds implements Probing {
  readonly #channels: readonly Channel[]
  readonly #probes: Readonly<Record<string, Probe>>
  readonly #clock: Clock
  readonly #vantage: string
  readonly #stats = new Map<string, Stat>()

  constructor(parts: {
    readonly channels: readonly Channel[]
    readonly probes: Readonly<Record<string, Probe>>
    readonly clock: Clock
    readonly vantage: string
  }) {
    this.#channels = parts.channels
    this.#probes = parts.probes
    this.#clock = parts.clock
    this.#vantage = parts.vantage
    for (const channel of parts.channels) this.#stats.set(idOf(channel), blankStat(channel))
  }

  async ask(
    round: number,
    deadlineMs: number,
    signal: AbortSignal,
    hosts?: readonly string[],
  ): Promise<readonly Evidence[]> {
    const wanted = hosts === undefined ? undefined : new Set(hosts)
    const byKind = new Map<string, Channel[]>()
    for (const channel of this.#channels) {
      if (wanted !== undefined && !wanted.has(channel.of)) continue
      const known = byKind.get(channel.kind)
      if (known === undefined) byKind.set(channel.kind, [channel])
      else known.push(channel)
    }
    const kinds = await Promise.all(
      [...byKind].map(([kind, channels]) => this.#askKind(kind, channels, round, deadlineMs, signal)),
    )
    return kinds.flat()
  }

  stats(): readonly ProbeStat[] {
    return [...this.#stats.values()]
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.#probes).map((probe) => probe.close()))
  }

  async #askKind(
    kind: string,
    channels: readonly Channel[],
    round: number,
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<Evidence[]> {
    const targets = channels.map(
      (channel): ProbeTarget => ({ id: idOf(channel), address: channel.address, settings: channel.settings }),
    )
    const sentAt = this.#clock.now()
    // Probes wait in real time, whatever the pace of the clock.
    const answers = await this.#answersOf(kind, targets, deadlineMs / this.#clock.pace, signal)
    const receivedAt = this.#clock.now()
    return channels.map((channel): Evidence => {
      const answer = answers.get(idOf(channel)) ?? silentProbe(idOf(channel))
      this.#count(channel, answer, receivedAt)
      const { says, proves, detail } = answer
      const { of: host, name } = channel
      return { host, vantage: this.#vantage, channel: name, round, says, proves, sentAt, receivedAt, detail }
    })
  }

  /** A probe that throws or outlasts its deadline is broken; it must not hold up the other kinds. */
  async #answersOf(
    kind: string,
    targets: readonly ProbeTarget[],
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<Map<string, ProbeAnswer>> {
    const giveUp = new AbortController()
    const abort = () => giveUp.abort()
    let grace: NodeJS.Timeout | undefined
    const late = new Promise<ProbeAnswer[]>((resolve) => {
      const begin = () => {
        grace = setTimeout(resolve, OVERTIME_MS, [])
      }
      giveUp.signal.addEventListener('abort', begin, { once: true })
    })
    // By hand: what AbortSignal.any makes of a signal that lives as long as the process would never be let go.
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    const timer = setTimeout(abort, deadlineMs + OVERTIME_MS)
    try {
      const probe = this.#probes[kind] as Probe
      const answers = await Promise.race([probe.round(targets, deadlineMs, giveUp.signal), late])
      return new Map(answers.map((answer) => [answer.id, answer]))
    } catch (error) {
      const detail = `the probe failed: ${error instanceof Error ? error.message : String(error)}`
      return new Map(targets.map(({ id }) => [id, { ...silentProbe(id), detail }]))
    } finally {
      clearTimeout(timer)
      clearTimeout(grace)
      signal.removeEventListener('abort', abort)
    }
  }

  #count(channel: Channel, answer: ProbeAnswer, at: Evidence['receivedAt']): void {
    const stat = this.#stats.get(idOf(channel)) as Stat
    stat.last = { at, says: answer.says, durationMs: answer.durationMs, detail: answer.detail }
    if (answer.says === 'life') stat.life += 1
    else if (answer.says === 'silence') stat.silence += 1
    else stat.broken += 1
  }
}

function idOf({ of, name }: Channel): string {
  return `${of}/${name}`
}

function silentProbe(id: string): ProbeAnswer {
  return { id, says: 'probe-broken', proves: 'none', durationMs: 0, detail: 'the probe gave no answer in time' }
}

function blankStat({ of, name, kind }: Channel): Stat {
  const reference = of.startsWith(REFERENCE)
  return {
    of: reference ? 'reference' : 'host',
    target: reference ? of.slice(REFERENCE.length) : of,
    channel: name,
    kind,
    life: 0,
    silence: 0,
    broken: 0,
  }
}
