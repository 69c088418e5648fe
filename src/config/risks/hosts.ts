import type { HostConfiguration } from '../configuration.ts'
import { isOwnAddress } from '../own-address.ts'
import { enumerate, type RiskRule } from './risk.ts'

const names = (hosts: readonly HostConfiguration[]) => enumerate(hosts.map(({ name }) => name))
const isCycled = ({ levels, runsHere }: HostConfiguration) => levels.length > 0 && !runsHere

export const noHosts: RiskRule = ({ hosts, alerting }) => {
  // A dead man's switch and a relay have enough to do without.
  if (hosts.length > 0 || alerting.expectations.length > 0 || alerting.hooks !== undefined) return []
  return [
    {
      code: 'no-hosts',
      sentence: 'No host is configured: there is nothing to watch.',
      remedy: 'Add machines under `hosts`.',
    },
  ]
}

export const nothingToCycle: RiskRule = ({ hosts, mode }) => {
  if (mode !== 'act' || hosts.length === 0 || hosts.some(({ levels }) => levels.length > 0)) return []
  return [
    {
      code: 'nothing-to-cycle',
      sentence: 'The mode is act, but no host has a power device: hosts are only watched.',
      remedy: 'Give the hosts that should be recovered their `power`.',
    },
  ]
}

export const runsHere: RiskRule = ({ hosts }, { ownAddresses = [], hostName }) => {
  const short = hostName?.split('.')[0]?.toLowerCase()
  return hosts.flatMap((host) => {
    const own = isOwnAddress(host.address, ownAddresses)
    const looksOwn = own || (short !== undefined && host.name.toLowerCase() === short)
    if (host.levels.length === 0 || (!host.runsHere && !looksOwn)) return []
    const sentence = host.runsHere
      ? `The watchdog runs on ${host.name}, one of the hosts that it guards: it is never cycled, and with it down nobody guards the others.`
      : own
        ? `${host.address} of ${host.name} is an address of this machine: the watchdog runs on a host that it guards. It will not be cycled, and with it down nobody guards the others.`
        : `This machine is called ${hostName}, like the host ${host.name}: perhaps the watchdog runs on a host that it guards.`
    const remedy = host.runsHere
      ? 'Run the watchdog on a machine of its own, such as a small single-board computer.'
      : 'Run the watchdog on a machine of its own, or set `runsHere: true` for the host.'
    return [{ code: 'runs-here', sentence, remedy }]
  })
}

export const weakProbes: RiskRule = ({ hosts }) => {
  const cycled = hosts.filter(isCycled)
  const kernelOnly = cycled.filter(({ channels }) => channels.every(({ proves }) => proves !== 'userland'))
  const single = cycled.filter((host) => host.channels.length === 1 && !kernelOnly.includes(host))
  return [
    ...(kernelOnly.length === 0
      ? []
      : [
          {
            code: 'kernel-only' as const,
            sentence: `The probes of ${names(kernelOnly)} prove only that the kernel runs: a host whose userland is dead looks healthy.`,
            remedy:
              'Add a probe that a program must answer, such as `https` (Proxmox, port 8006) or `tcp` with a banner.',
          },
        ]),
    ...(single.length === 0
      ? []
      : [
          {
            code: 'single-probe' as const,
            sentence: `One probe alone judges ${names(single)}: one dead service looks like a dead host and has its power cut.`,
            remedy: 'Add a second probe of another kind, such as `icmp`.',
          },
        ]),
  ]
}

export const sharedAddress: RiskRule = ({ hosts }) => {
  const byAddress = new Map<string, HostConfiguration[]>()
  for (const host of hosts) byAddress.set(host.address, [...(byAddress.get(host.address) ?? []), host])
  return [...byAddress].flatMap(([address, sharing]) => {
    if (sharing.length < 2 || !sharing.some(isCycled)) return []
    // Told apart by their ports, as services behind one forwarding address are.
    const channels = sharing.flatMap((host) => host.channels.map(({ name }) => name))
    if (new Set(channels).size === channels.length) return []
    return [
      {
        code: 'shared-address',
        sentence: `${names(sharing)} have the same address ${address}: each is judged by the answers of the other.`,
        remedy: 'Give each host its own address.',
      },
    ]
  })
}
