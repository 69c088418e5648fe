import { FEATURES, type Need, PROXMOX_FEATURES, type ProxmoxFeature } from './features.ts'

/** Path to the privileges that are had on it, as `GET /access/permissions` tells. */
export type Permissions = Readonly<Record<string, readonly string[]>>

export type MissingPrivilege = { readonly path: string; readonly privilege: string }

/**
 * What a feature lacks, and where. A path that is not told inherits from the nearest one above it. An entry further down
 * replaces what comes from above (pveum(1)), so that one node or guest may lack what the rest has.
 */
export function missingFor(feature: ProxmoxFeature, permissions: Permissions): readonly MissingPrivilege[] {
  return FEATURES[feature].needs.flatMap((need) =>
    pathsOf(need, permissions)
      .filter((path) => !need.anyOf.some((privilege) => had(path, permissions).includes(privilege)))
      .map((path) => ({ path, privilege: need.anyOf[0] ?? '' })),
  )
}

function pathsOf({ path, below }: Need, permissions: Permissions): readonly string[] {
  const further = below ? Object.keys(permissions).filter((each) => each.startsWith(`${path}/`)) : []
  return [path, ...further.sort()]
}

function had(path: string, permissions: Permissions): readonly string[] {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/')) || '/') {
    const told = permissions[at]
    if (told !== undefined) return told
    if (at === '/') return []
  }
}

/** Those that let their owner change the cluster, read secrets, or hand out more. */
const DANGEROUS =
  /^(?:Permissions\.Modify|User\.Modify|Realm\.|Group\.|Sys\.(?:Modify|Console|PowerMgmt|Incoming|AccessNetwork)|VM\.(?:Allocate|Clone|Config|Console|Migrate|PowerMgmt|Snapshot|Backup|Replicate|Monitor|GuestAgent\.(?:File|Unrestricted))|Datastore\.Allocate|Pool\.Allocate|SDN\.Allocate|Mapping\.Modify)/

/** What is had and no wanted feature asks for, where it can do harm: privilege to the paths on which it is had. */
export function surplus(
  features: readonly ProxmoxFeature[],
  permissions: Permissions,
): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = {}
  for (const [path, privileges] of Object.entries(permissions)) {
    for (const privilege of privileges) {
      if (!DANGEROUS.test(privilege) || isWanted(features, path, privilege)) continue
      const paths = found[privilege] ?? []
      paths.push(path)
      found[privilege] = paths
    }
  }
  return found
}

function isWanted(features: readonly ProxmoxFeature[], path: string, privilege: string): boolean {
  return PROXMOX_FEATURES.filter((feature) => features.includes(feature)).some((feature) =>
    FEATURES[feature].needs.some(
      (need) =>
        need.anyOf.includes(privilege) && (path === need.path || (need.below && path.startsWith(`${need.path}/`))),
    ),
  )
}
