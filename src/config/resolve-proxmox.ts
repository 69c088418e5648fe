import { given } from './given.ts'
import type { ProxmoxConfiguration } from './proxmox.ts'
import type { ParsedFile } from './schema/configuration.ts'

/** The Proxmox clusters of a validated file, in the program's units. */
export function resolveProxmox(parsed: ParsedFile): readonly ProxmoxConfiguration[] {
  return parsed.proxmox.map((entry) => ({
    cluster: entry.cluster,
    endpoints: entry.endpoints.map(({ url, node, tls }) => ({ url: url.replace(/\/+$/, ''), ...given({ node, tls }) })),
    auth: authOf(entry),
    ...given({ tls: entry.tls, ssh: entry.ssh }),
    pollMs: entry.poll,
    timeoutMs: entry.timeout,
    journals: entry.journals,
    startMissed: parsed.guests.startMissed,
  }))
}

function authOf({ token, login }: ParsedFile['proxmox'][number]): ProxmoxConfiguration['auth'] {
  if (token !== undefined) return { kind: 'token', ...token }
  // The schema asks for one of the two.
  if (login === undefined) throw new TypeError('neither a token nor a login')
  return { kind: 'ticket', ...login }
}
