import type { HostPolicy, Policy } from '../../../src/core/policy.ts'
import type { Intent } from '../../../src/core/power/types.ts'
import type { Order } from '../../../src/core/state/types.ts'
import type { Core, EngineFlaws } from '../core.ts'
import { Safety, Violation } from '../safety.ts'
import { MINUTE, SECOND, type Setup, threeHosts } from '../setup.ts'
import { Simulation } from '../simulation.ts'

/** One story with a known end. Run with the real core it passes; a mutant makes it throw. */
export type Scenario = { readonly name: string; readonly run: (under: Under) => void }
export type Under = { readonly core: Core; readonly flaws?: EngineFlaws }

/** A site that has been watched long enough for every grace to be over. */
export function site(under: Under, setup: Setup = threeHosts()): Simulation {
  const sim = new Simulation({ setup, ...under, watch: (each) => new Safety(each) })
  sim.start()
  sim.runFor(5 * MINUTE)
  return sim
}

export function withPolicy(over: Partial<Policy>, hostOver: Partial<HostPolicy> = {}): Setup {
  return threeHosts(over, hostOver)
}

export function demand(sim: Simulation, is: boolean, rule: string): void {
  if (!is) throw new Violation(`${rule}\n${sim.story(40)}`)
}

/** Runs until `done`; failing that within `ms` breaks the rule. Answers how long it took. */
export function wait(sim: Simulation, ms: number, rule: string, done: () => boolean): number {
  const from = sim.nowMs
  demand(sim, sim.runUntilTrue(done, ms), `within ${ms / SECOND} s: ${rule}`)
  return sim.nowMs - from
}

export function intentOf(sim: Simulation, target: string): Intent | undefined {
  if (!sim.running) return undefined
  return Object.values(sim.state.intents).find((intent) => intent.target === target)
}

/** Hangs a host and runs until its outlet is off. */
export function untilCut(sim: Simulation, host = 'pve1', outlet = 0): void {
  sim.act({ kind: 'hang', host })
  wait(sim, 5 * MINUTE, `${host} is cut`, () => !sim.isOn('strip', outlet))
  wait(sim, MINUTE, 'the hold begins', () => intentOf(sim, host)?.barrier === 'holding')
}

/** The guards that hold a host back now. */
export function guardsOf(sim: Simulation, host: string): string[] {
  return (sim.state.hostsNow[host]?.refusals ?? []).map(({ code }) => code)
}

/** Demands that a hung host is refused by just this guard, and not cycled. */
export function demandHeld(sim: Simulation, host: string, outlet: number, guard: string, forMs = 6 * MINUTE): void {
  let seen = false
  const endMs = sim.nowMs + forMs
  while (sim.nowMs < endMs) {
    sim.runFor(10 * SECOND)
    seen ||= guardsOf(sim, host).includes(guard)
    demand(sim, sim.isOn('strip', outlet), `${guard} refuses to cut ${host}`)
  }
  demand(sim, seen, `${guard} is told for ${host}`)
}

export function demandCut(sim: Simulation, outlet: number, why: string, withinMs = 4 * MINUTE): void {
  wait(sim, withinMs, why, () => !sim.isOn('strip', outlet))
}

export function operator(
  sim: Simulation,
  order: Order extends infer O ? Omit<Extract<O, Order>, 'by'> : never,
): string {
  const answer = sim.order({ ...order, by: 'op' } as Order)
  return answer?.code ?? 'no answer'
}
