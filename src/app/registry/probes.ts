import type { ProbeDeclaration } from '../../config/registry.ts'
import type { Probe } from '../../ports/probe.ts'
import { http } from '../../probes/http.ts'
import { https } from '../../probes/https.ts'
import { icmp } from '../../probes/icmp.ts'
import type { ProbeDeps } from '../../probes/kind.ts'
import { tcp } from '../../probes/tcp.ts'

/** A probe kind with its settings' type forgotten: they come out of its own schema and go back into it. */
export interface RegisteredProbe extends ProbeDeclaration {
  create(deps?: ProbeDeps): Probe
}

/** Every probe kind that a configuration can name. */
export const PROBES = { icmp, https, http, tcp } satisfies Record<string, RegisteredProbe>
