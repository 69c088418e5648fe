import type { HostPolicy, Policy } from '../../src/core/policy.ts'
import { withCluster } from './cluster/cluster-site.ts'
import { type Core, type EngineFlaws, realCore } from './core.ts'
import type { Fault, Night, Reload } from './faults.ts'
import { healAndDemand } from './liveness.ts'
import { Safety } from './safety.ts'
import { hastySite, mapping, ref, type Setup, WALL_START } from './setup.ts'
import { Simulation } from './simulation.ts'

/** Lives through a night of faults, then heals the world and demands that all ends well. Throws a `Violation`. */
export function liveThrough(night: Night, core: Core = realCore, flaws: EngineFlaws = {}): Simulation {
  const site = hastySite({ onWedged: night.onWedged }, night.timers)
  const setup = night.cluster === true ? withCluster(site) : site
  let safety: Safety | undefined
  const sim = new Simulation({
    setup,
    core,
    flaws,
    watch: (each) => {
      safety = new Safety(each)
      return safety
    },
  })
  for (const fault of night.faults) plan(sim, setup, fault)
  sim.start()
  sim.runUntil(night.lengthS * 1000)
  healAndDemand(sim, setup, safety as Safety)
  return sim
}

function plan(sim: Simulation, setup: Setup, fault: Fault): void {
  switch (fault.kind) {
    case 'world':
      return sim.at(fault.atS * 1000, () => sim.act(fault.action))
    case 'order':
      return sim.at(fault.atS * 1000, () => void sim.order(fault.order))
    case 'mishap':
      return sim.mishap(fault.mishap)
    case 'crash':
      return sim.at(fault.atS * 1000, () => sim.crash(fault.fate))
    case 'crash-at':
      return sim.crashes.plan(fault.plan)
    case 'stop':
      return sim.at(fault.atS * 1000, () => sim.stop(fault.fate))
    case 'pause':
      return sim.at(fault.atS * 1000, () => sim.pause(fault.forS * 1000, fault.counted))
    case 'reload':
      return sim.at(fault.atS * 1000, () => sim.reload(reloaded(setup.policy, fault.to)))
    case 'wall-jump':
      return sim.at(fault.atS * 1000, () => {
        sim.clock.wallOffsetMs = WALL_START + fault.errorS * 1000
      })
    case 'slow-looks':
      return sim.at(fault.atS * 1000, () => {
        sim.pollDelayMs = fault.delayS * 1000
      })
    default:
      return planSpan(sim, fault)
  }
}

type Span = Extract<Fault, { kind: 'disk-full' | 'lie' | 'peer-lie' | 'slow-rounds' }>

function planSpan(sim: Simulation, fault: Span): void {
  const endMs = (fault.atS + fault.forS) * 1000
  sim.at(fault.atS * 1000, () => {
    if (fault.kind === 'disk-full') sim.diskFull = true
    else if (fault.kind === 'lie') sim.lies.push(fault.lie)
    else if (fault.kind === 'peer-lie') sim.peerLies.push(fault.lie)
    else sim.roundDelayMs = fault.delayS * 1000
  })
  sim.at(endMs, () => {
    if (fault.kind === 'disk-full') sim.diskFull = false
    else if (fault.kind === 'lie') drop(sim.lies, fault.lie)
    else if (fault.kind === 'peer-lie') drop(sim.peerLies, fault.lie)
    else sim.roundDelayMs = 300
  })
}

function drop<T>(list: T[], one: T): void {
  list.splice(0, list.length, ...list.filter((each) => each !== one))
}

/** The original policy with one change. */
export function reloaded(policy: Policy, to: Reload): Policy {
  const levelsOf = (name: string) => policy.hosts.find((host) => host.name === name)?.levels ?? []
  const give = (host: HostPolicy, levels: HostPolicy['levels']) => ({ ...host, levels, mappingHash: mapping(levels) })
  switch (to) {
    case 'original':
      return policy
    case 'dry-run':
      return { ...policy, mode: 'dry-run' }
    case 'drop-host':
      return { ...policy, hosts: policy.hosts.filter(({ name }) => name !== 'pve1') }
    case 'move-outlet':
      return {
        ...policy,
        hosts: policy.hosts.map((host) => (host.name === 'pve1' ? give(host, [[ref('strip', 5)]]) : host)),
      }
    case 'swap-mapping': {
      const swapped: Record<string, string> = { pve1: 'pve2', pve2: 'pve1' }
      return {
        ...policy,
        hosts: policy.hosts.map((host) => {
          const other = swapped[host.name]
          return other === undefined ? host : give(host, levelsOf(other))
        }),
      }
    }
  }
}
