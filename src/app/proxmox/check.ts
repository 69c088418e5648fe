import { PROXMOX_FEATURES, type ProxmoxFeature } from '../../core/audit/access/features.ts'
import { type MissingPrivilege, missingFor, type Permissions } from '../../core/audit/access/missing.ts'
import type { ClusterStatus } from '../../core/cluster/types.ts'
import type { Clock } from '../../ports/clock.ts'
import { Endpoint } from '../../proxmox/api/endpoint.ts'
import { Slots } from '../../proxmox/api/slots.ts'
import { strangers } from '../../proxmox/same-cluster.ts'
import { checkEndpoint, type EndpointCheck } from './check-endpoint.ts'
import type { ConfiguredCluster } from './configured.ts'

export type FeatureCheck = {
  readonly feature: ProxmoxFeature
  /** Configured: what it lacks counts as a mistake. */
  readonly wanted: boolean
  readonly missing: readonly MissingPrivilege[]
}

export type ClusterCheck = {
  readonly cluster: string
  readonly ok: boolean
  readonly endpoints: readonly EndpointCheck[]
  /** Empty where no endpoint told what the token may do. */
  readonly features: readonly FeatureCheck[]
  /** Commands to run as root on a node of the cluster. */
  readonly mend: readonly string[]
}

/** Asks each endpoint of a cluster on its own, all at once, without a running watchdog. Nothing is changed. */
export async function checkCluster(configured: ConfiguredCluster, clock: Clock): Promise<ClusterCheck> {
  const { settings, features } = configured
  const overall = new Slots(4 * Math.max(1, settings.endpoints.length))
  const asked = await Promise.all(
    settings.endpoints.map(async (endpoint) => {
      const { auth, tls, timeoutMs } = settings
      const api = new Endpoint(endpoint, { clock, auth, timeoutMs, overall, ...(tls === undefined ? {} : { tls }) })
      const seen = await checkEndpoint(api, endpoint, tls).finally(() => api.close())
      return { ...seen, configuredNode: endpoint.node }
    }),
  )
  const told = asked.flatMap(({ check, status, configuredNode }) =>
    status === undefined
      ? []
      : [{ endpoint: check.endpoint, status, ...(configuredNode === undefined ? {} : { configuredNode }) }],
  )
  const odd = strangers(told)
  const endpoints = asked.map(({ check }): EndpointCheck => {
    const strange = odd.get(check.endpoint)
    return strange === undefined ? check : { ...check, ok: false, trouble: [...check.trouble, strange] }
  })
  const permissions = asked.find(({ permissions: each }) => each !== undefined)?.permissions
  const checked = permissions === undefined ? [] : featuresOf(features, permissions)
  const lacking = checked.some(({ wanted, missing }) => wanted && missing.length > 0)
  return {
    cluster: settings.cluster,
    ok: endpoints.every(({ ok }) => ok) && endpoints.length > 0 && checked.length > 0 && !lacking,
    endpoints: [...endpoints, ...unasked(told.map(({ status }) => status))],
    features: checked,
    mend: lacking ? mend(configured, checked) : [],
  }
}

function featuresOf(wanted: readonly ProxmoxFeature[], permissions: Permissions): FeatureCheck[] {
  return PROXMOX_FEATURES.map((feature) => ({
    feature,
    wanted: feature === 'views' || wanted.includes(feature),
    missing: missingFor(feature, permissions),
  }))
}

/** Members without an endpoint of their own: seen through the eyes of others only. */
function unasked(statuses: readonly ClusterStatus[]): EndpointCheck[] {
  const local = new Set(statuses.flatMap(({ members }) => members.filter((each) => each.local).map(({ name }) => name)))
  const all = new Map(statuses.flatMap(({ members }) => members.map((member) => [member.name, member] as const)))
  return [...all.values()]
    .filter(({ name, online }) => online && !local.has(name))
    .map(({ name, ip }) => ({
      endpoint: ip === undefined ? name : `https://${ip.includes(':') ? `[${ip}]` : ip}:8006`,
      node: name,
      ok: true,
      asked: false,
      trouble: [`${name} is a member without an endpoint in the configuration: its own view is never asked for.`],
    }))
}

function mend({ settings, features }: ConfiguredCluster, checked: readonly FeatureCheck[]): string[] {
  const wanted = PROXMOX_FEATURES.filter((each) => each === 'views' || features.includes(each))
  const { auth } = settings
  const [user, token] = auth.kind === 'token' ? auth.id.split('!') : [auth.username]
  const who = `--user ${user}${token === undefined ? '' : ` --token ${token}`}`
  const further = checked
    .filter((each) => each.wanted)
    .flatMap(({ missing }) => missing.map(({ path }) => path))
    .filter((path) => path.lastIndexOf('/') > 0)
  return [
    `proxmox-watchdog proxmox role ${who} --features ${wanted.join(',')}`,
    ...[...new Set(further)].map(
      (path) =>
        `# ${path} has an entry of its own, which takes the place of what it would inherit: remove or extend that.`,
    ),
  ]
}
