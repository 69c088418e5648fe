import type { Permissions } from '../../core/audit/access/missing.ts'
import type { ClusterStatus } from '../../core/cluster/types.ts'
import type { CallFailure, Endpoint } from '../../proxmox/api/endpoint.ts'
import { readPermissions } from '../../proxmox/reading/permissions.ts'
import { readClusterStatus } from '../../proxmox/reading/status.ts'
import { readVersion } from '../../proxmox/reading/version.ts'
import type { ProxmoxEndpoint } from '../../proxmox/settings.ts'
import type { Pinning } from '../../tls/pinning.ts'
import { shownFingerprint } from './shown-fingerprint.ts'

export type EndpointCheck = {
  /** `https://10.0.0.1:8006`. */
  readonly endpoint: string
  readonly ok: boolean
  /** Missing where it answered nothing that tells. */
  readonly node?: string
  /** False: a member of the cluster that has no endpoint. */
  readonly asked: boolean
  readonly code?: string
  /** What is wrong or worth knowing, a sentence each. */
  readonly trouble: readonly string[]
  /** SHA-256 of the certificate that it shows. */
  readonly fingerprint?: string
  /** Against what its certificate is checked. */
  readonly trust?: 'fingerprint' | 'ca' | 'system' | 'nothing'
  readonly version?: string
  readonly clusterName?: string
  readonly quorate?: boolean
  /** Its clock minus ours, seconds, to about one. */
  readonly clockOffsetS?: number
  readonly tokenAccepted?: boolean
}

export type EndpointSeen = {
  readonly check: EndpointCheck
  readonly status?: ClusterStatus
  readonly permissions?: Permissions
}

/** Journals of several nodes can only be laid side by side where their clocks agree; HA itself needs far less. */
const CLOCK_LIMIT_S = 10
const CALL = { section: 'check' } as const

/** Three reads, one after the other: the first that fails tells what is wrong, and the rest would say the same. */
export async function checkEndpoint(
  api: Endpoint,
  configured: ProxmoxEndpoint,
  clusterTls: Pinning | undefined,
): Promise<EndpointSeen> {
  const tls = configured.tls ?? clusterTls
  const fingerprint = await shownFingerprint(configured.url)
  const base = {
    endpoint: api.name,
    asked: true,
    trust: trustOf(tls),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  }
  const failed = (
    failure: Pick<CallFailure, 'code' | 'sentence'>,
    more: Partial<EndpointCheck> = {},
  ): EndpointSeen => ({
    check: {
      ...base,
      ...more,
      ok: false,
      code: failure.code,
      trouble: [failure.sentence],
      ...(failure.code === 'unauthorized' ? { tokenAccepted: false } : {}),
    },
  })
  const first = await api.call({ method: 'GET', path: '/version' }, CALL)
  if (!first.ok) return failed(first)
  const version = readVersion(first.value.data)
  if (version === undefined) return failed(strange('/version'))
  const { clockS, clockOursS } = first.value
  const clockOffsetS = clockS === undefined ? undefined : Math.round(clockS - clockOursS)
  const known = {
    version: version.version,
    tokenAccepted: true,
    ...(clockOffsetS === undefined ? {} : { clockOffsetS }),
  }
  const second = await api.call({ method: 'GET', path: '/cluster/status' }, CALL)
  const status = second.ok ? readClusterStatus(second.value.data) : undefined
  const third = await api.call({ method: 'GET', path: '/access/permissions' }, CALL)
  const permissions = third.ok ? readPermissions(third.value.data) : undefined
  const told = { ...(status === undefined ? {} : { status }), ...(permissions === undefined ? {} : { permissions }) }
  if (status === undefined) return { ...failed(second.ok ? strange('/cluster/status') : second, known), ...told }
  if (permissions === undefined) return { ...failed(third.ok ? strange('/access/permissions') : third, known), ...told }
  return {
    check: {
      ...base,
      ...known,
      ...ofStatus(status),
      ok: true,
      trouble: remarks(base.trust, fingerprint, clockOffsetS, status),
    },
    ...told,
  }
}

function ofStatus(status: ClusterStatus): Partial<EndpointCheck> {
  const node = status.members.find(({ local }) => local)?.name
  return {
    quorate: status.quorate,
    ...(node === undefined ? {} : { node }),
    ...(status.name === undefined ? {} : { clusterName: status.name }),
  }
}

function remarks(
  trust: EndpointCheck['trust'],
  fingerprint: string | undefined,
  clockOffsetS: number | undefined,
  { quorate }: ClusterStatus,
): string[] {
  return [
    ...(trust === 'nothing'
      ? [
          `Its certificate is not checked, so that the token goes to whoever answers. Pin it: tls: { fingerprint: '${fingerprint ?? 'SHA-256'}' }`,
        ]
      : []),
    ...(clockOffsetS !== undefined && Math.abs(clockOffsetS) > CLOCK_LIMIT_S
      ? [`Its clock is ${Math.abs(clockOffsetS)} s ${clockOffsetS > 0 ? 'ahead of' : 'behind'} ours.`]
      : []),
    ...(quorate ? [] : ['It has no quorum.']),
  ]
}

function strange(path: string) {
  return { code: 'malformed-answer' as const, sentence: `The answer to GET ${path} is not of the form that is known.` }
}

/** Against what the certificate of an endpoint is checked. */
export function trustOf(tls: Pinning | undefined): NonNullable<EndpointCheck['trust']> {
  if (tls === undefined) return 'system'
  if ('fingerprint' in tls) return 'fingerprint'
  return 'ca' in tls ? 'ca' : 'nothing'
}
