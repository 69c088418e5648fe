import type { AlertUpdate } from '../../src/core/alerts/types.ts'
import { act, findStrip } from '../../src/lab/world/index.ts'
import { healClusters, keptDown } from './cluster/heal-clusters.ts'
import type { Safety } from './safety.ts'
import { MINUTE, SECOND, type Setup } from './setup.ts'
import type { Simulation } from './simulation.ts'

const by = 'a person in the morning'

/** Ends every fault, lets a person do what the alerts ask of one, and demands that everything comes to its good end. */
export function healAndDemand(sim: Simulation, setup: Setup, safety: Safety): void {
  sim.resume()
  healWorld(sim, setup)
  if (sim.stopping) sim.crash()
  if (!sim.running) sim.start()
  sim.reload(setup.policy)
  // A look at each device shows a person what is left to be done.
  sim.runFor(2 * setup.policy.deviceCheckMs)
  restore(sim, setup, safety)
  const onBoundMs = setup.policy.offHoldMs + 5 * MINUTE
  if (!sim.runUntilTrue(() => outletsOff(sim).length === 0, onBoundMs)) {
    safety.fail(`${outletsOff(sim).join(', ')} still off ${onBoundMs / SECOND} s after everything was healed`)
  }
  // Whatever was in flight at dawn has ended; a person looks at what it left.
  sim.runFor(2 * MINUTE)
  restore(sim, setup, safety)
  const recoverMs = setup.policy.stormCanaryAfterMs + 8 * (setup.policy.offHoldMs + setup.policy.bootGraceMs)
  if (!sim.runUntilTrue(() => owed(sim).length === 0, recoverMs)) safety.fail(`in the end: ${owed(sim).join('; ')}`)
  sim.runFor(3 * MINUTE)
  if (owed(sim).length > 0) safety.fail(`it did not last: ${owed(sim).join('; ')}`)
  // What flapped keeps firing until it was quiet for ten minutes.
  if (!sim.runUntilTrue(() => safety.alerts.firing.size === 0, 12 * MINUTE)) {
    safety.fail(`all is well, and still fires: ${[...safety.alerts.firing.values()].map(summaryOf).join('; ')}`)
  }
}

function healWorld(sim: Simulation, setup: Setup): void {
  sim.mishaps.clear()
  sim.lies.length = 0
  sim.peerLies.length = 0
  healClusters(sim.world)
  sim.diskFull = false
  sim.roundDelayMs = 300
  sim.pollDelayMs = 0
  sim.crashes.forget()
  for (const kind of ['gateway-up', 'rejoin-watcher', 'mains-on'] as const) sim.act({ kind })
  for (const spec of setup.world.strips) {
    act(sim.world, { kind: 'swap-identity', strip: spec.name, deviceId: spec.deviceId })
    act(sim.world, { kind: 'strip-online', strip: spec.name })
    const strip = findStrip(sim.world, spec.name)
    for (const { strip: name, outlet, on, by: cause } of lastSwitchings(sim)) {
      // What we turned off is ours to turn on; the rest is a person's.
      if (name === spec.name && !on && cause !== 'command' && strip !== undefined) {
        act(sim.world, { kind: 'person-switches', strip: name, outlet, on: true })
      }
    }
  }
  const silent = new Set<string>()
  for (const host of sim.world.hosts) {
    host.netCut = false
    host.failingBoots = 0
    host.bootMs = Math.min(host.bootMs, 60_000)
    if (host.state === 'standby') act(sim.world, { kind: 'press-power-button', host: host.name })
    if (host.state !== 'hung' && host.state !== 'wedged') continue
    const mapped = setup.policy.hosts.some(({ name, levels }) => name === host.name && levels.length > 0)
    const guarded = host.name === 'nas' || host.state === 'wedged' || keptDown(sim, host.name)
    // One host of the cluster stays dead, to be recovered without a storm.
    if (mapped && !guarded && !silent.has(host.cluster)) silent.add(host.cluster)
    else act(sim.world, { kind: 'heal', host: host.name })
  }
}

/** The last switching of each outlet that was ever switched. */
function lastSwitchings(sim: Simulation) {
  const last = new Map<string, Simulation['world']['switchings'][number]>()
  for (const each of sim.world.switchings) last.set(`${each.strip}/${each.outlet}`, each)
  return last.values()
}

/** What a person does who has read the alerts: ends every order, clears every lock. */
function restore(sim: Simulation, setup: Setup, safety: Safety): void {
  sim.order({ by, order: 'resume', target: '*' })
  for (const { device, identityOk } of Object.values(sim.state.devicesNow)) {
    if (identityOk === false) sim.order({ by, order: 'accept-device', device })
  }
  for (const { name } of setup.policy.hosts) {
    sim.order({ by, order: 'resume', target: name })
    sim.order({ by, order: 'maintenance-end', host: name })
    sim.order({ by, order: 'clear-lockout', host: name })
  }
  for (const claim of Object.values(sim.state.claims)) {
    if (claim.goal !== 'off') continue
    const target = claim.target.replace(/^outlet:/, '')
    sim.order({ by, order: 'switch', target, goal: 'on', reason: 'morning', protected: true })
  }
  for (const { key, personOffSince } of Object.values(sim.state.outlets)) {
    if (personOffSince === undefined || !safety.orderedOff.has(key)) continue
    const [strip = '', outlet] = key.split('/')
    act(sim.world, { kind: 'person-switches', strip, outlet: Number(outlet), on: true })
  }
  for (const host of sim.world.hosts) {
    if (host.state === 'standby' && Object.keys(sim.state.intents).length === 0) {
      act(sim.world, { kind: 'press-power-button', host: host.name })
    }
  }
}

function outletsOff(sim: Simulation): string[] {
  return sim.world.strips.flatMap(({ name, outlets }) =>
    outlets.filter(({ on }) => !on).map(({ index }) => `${name}/${index}`),
  )
}

function owed(sim: Simulation): string[] {
  const state = sim.state
  return [
    ...outletsOff(sim).map((outlet) => `outlet ${outlet} is off`),
    ...sim.world.hosts.filter(({ state: is }) => is !== 'up').map(({ name, state: is }) => `${name} is ${is}`),
    ...Object.values(state.intents).map(({ target, kind, barrier }) => `the ${kind} of ${target} is ${barrier}`),
    ...Object.keys(state.commands).map((id) => `command ${id} is left`),
    ...sim.crumbs.map(({ device, outlet }) => `a breadcrumb of ${device}/${outlet} is left`),
    ...Object.values(state.claims)
      .filter(({ goal }) => goal !== 'hands-off')
      .map(({ id, goal, target }) => `claim ${id} (${goal} ${target}) is left`),
  ]
}

function summaryOf({ labels, annotations }: AlertUpdate): string {
  return `${labels.alertname} (${annotations.summary})`
}
