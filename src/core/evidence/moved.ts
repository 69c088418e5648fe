import type { HostPolicy, Policy } from '../policy.ts'

/** Hosts that another configuration asks elsewhere or otherwise: what was seen of them says nothing about them now. */
export function movedHosts(before: Policy, after: Policy): string[] {
  const known = new Map(before.hosts.map((host) => [host.name, host]))
  return after.hosts.filter((host) => moved(known.get(host.name), host)).map(({ name }) => name)
}

function moved(before: HostPolicy | undefined, after: HostPolicy): boolean {
  if (before === undefined) return false
  const asked = ({ channels }: HostPolicy) => channels.map(({ name, proves }) => `${name}=${proves}`).join()
  return before.address !== after.address || asked(before) !== asked(after)
}
