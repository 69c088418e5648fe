import type { Configuration, ProbeChannel } from '../config/configuration.ts'
import { toPolicy } from '../config/policy.ts'
import { REFERENCE } from '../core/evidence/observe.ts'
import type { Policy } from '../core/policy.ts'
import { type Channel, ProbeRounds } from '../engine/probe-rounds.ts'
import type { Clock } from '../ports/clock.ts'
import type { PowerDevice } from '../ports/power-device.ts'
import { ownAddresses } from './configuration/surroundings.ts'
import { defaultGateway } from './default-gateway.ts'
import { createPowerDevice, createProbes } from './registry/create.ts'

export type Assembly = {
  readonly policy: Policy
  readonly probing: ProbeRounds
  readonly devices: readonly PowerDevice[]
  readonly configuration: Configuration
}

/** Everything that a configuration asks for, created but not yet used. */
export function assemble(configuration: Configuration, clock: Clock): Assembly {
  const referenced = withGateway(configuration)
  return {
    policy: paced(toPolicy(referenced, ownAddresses()), clock),
    probing: new ProbeRounds({
      channels: channelsOf(referenced),
      probes: Object.fromEntries(createProbes(referenced)),
      clock,
      vantage: 'here',
    }),
    devices: configuration.powerDevices.map(createPowerDevice),
    configuration,
  }
}

/** The drivers wait in real time: on a paced clock their slowest command takes longer. */
function paced(policy: Policy, clock: Clock): Policy {
  const devices = policy.devices.map((device) => ({
    ...device,
    slowestCommandMs: device.slowestCommandMs * clock.pace,
  }))
  return { ...policy, devices }
}

function channelsOf({ hosts, references }: Configuration): Channel[] {
  return [
    ...hosts.flatMap(({ name, address, channels }) => channels.map((channel) => channelOf(name, address, channel))),
    ...references.flatMap(({ name, address, channels }) =>
      channels.map((channel) => channelOf(`${REFERENCE}${name}`, address, channel)),
    ),
  ]
}

function channelOf(of: string, address: string, channel: ProbeChannel): Channel {
  const { name, kind, settings, proves } = channel
  return { of, name, kind, address, settings, proves }
}

/**
 * Where no reference target is configured and there is only one host, nothing else could tell our own trouble from
 * its death: the default gateway serves then, by ICMP. A gateway that answers no ICMP makes us hold, never act.
 */
function withGateway(configuration: Configuration): Configuration {
  if (configuration.references.length > 0 || configuration.hosts.length > 1) return configuration
  const address = defaultGateway()
  const icmp = configuration.hosts.flatMap(({ channels }) => channels).find(({ kind }) => kind === 'icmp')
  if (address === undefined || icmp === undefined) return configuration
  return { ...configuration, references: [{ name: 'default gateway', address, channels: [icmp] }] }
}
