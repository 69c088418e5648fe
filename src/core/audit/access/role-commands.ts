import { FEATURES, type Need, type ProxmoxFeature } from './features.ts'

export type RoleWish = {
  readonly features: readonly ProxmoxFeature[]
  /** `user@realm`. */
  readonly user: string
  /** The name of the token within the user. */
  readonly token: string
  /** Of Proxmox VE: 9 unless it is older. */
  readonly major: number
}

type Role = {
  readonly name: string
  readonly path: string
  readonly privileges: readonly string[]
  /** Down the tree. */
  readonly propagate: boolean
  readonly why: string
}

/**
 * Shell lines that make the user, its token and its roles, with the least that the features need. A token whose
 * privileges are separate has what both it and its user have, so that both are granted the same. Lines that were run
 * before fail without harm, but for the token, whose secret is shown once.
 */
export function roleCommands(wish: RoleWish): readonly string[] {
  const { user, token } = wish
  const roles = rolesFor(wish)
  const id = `${user}!${token}`
  return [
    `# For: ${wish.features.map((feature) => `${feature} (${FEATURES[feature].means})`).join('; ')}.`,
    '# Run as root on one node of the cluster. After a change of the features: pveum role modify in place of role add.',
    '',
    ...roles.flatMap(({ name, privileges, why }) => [
      `# ${why}`,
      `pveum role add ${name} --privs "${privileges.join(',')}"`,
    ]),
    '',
    '# A user that cannot log in, and a token whose privileges are its own. Its secret is shown only now.',
    `pveum user add ${user} --comment "proxmox-watchdog"`,
    `pveum user token add ${user} ${token} --privsep 1 --comment "proxmox-watchdog"`,
    '',
    '# Both need each role: a token never has more than its user.',
    ...roles.map(
      ({ name, path, propagate }) =>
        `pveum acl modify ${path} --users ${user} --tokens '${id}' --roles ${name} --propagate ${propagate ? 1 : 0}`,
    ),
    '',
    '# What it has now:',
    `pveum user token permissions ${user} ${token}`,
  ]
}

/**
 * One role for what is the same everywhere, and one for each branch that needs more. A role further down replaces what
 * is inherited, so that those hold what is needed for looking, too.
 */
function rolesFor({ features, major }: RoleWish): readonly Role[] {
  const needs = features.flatMap((feature) => FEATURES[feature].needs)
  const at = (path: Need['path']) =>
    [...new Set(needs.filter((need) => need.path === path).map((need) => granted(need, major)))].sort()
  const audits = [...at('/'), ...at('/nodes'), ...at('/vms'), ...at('/storage')].filter((each) => isAudit(each))
  const roles: Role[] = []
  const add = (name: string, path: string, privileges: readonly string[], propagate: boolean, why: string) => {
    const all = [...new Set(privileges)].sort()
    if (all.length > 0) roles.push({ name: `ProxmoxWatchdog${name}`, path, privileges: all, propagate, why })
  }
  add('View', '/', audits, true, 'To look at everything.')
  for (const [name, path, why] of BRANCHES) {
    const more = at(path).filter((each) => !isAudit(each))
    if (more.length > 0) add(name, path, [...at(path), ...more], true, why)
  }
  const above = at('/').filter((each) => !isAudit(each))
  add('Ha', '/', above, false, 'HA alone, not the consoles of the nodes below: not propagated.')
  return roles
}

const BRANCHES = [
  ['Nodes', '/nodes', 'On the nodes. It takes the place of what they inherit, so it holds that, too.'],
  ['Guests', '/vms', 'On the guests. It takes the place of what they inherit, so it holds that, too.'],
] as const

function isAudit(privilege: string): boolean {
  return /^(?:Sys|VM|Datastore)\.Audit$/.test(privilege)
}

function granted({ anyOf }: Need, major: number): string {
  if (major >= 9) return anyOf[0] ?? ''
  return anyOf.find((privilege) => !privilege.startsWith('VM.GuestAgent.')) ?? anyOf[0] ?? ''
}

/** What a shell line may hold of names from outside: pveum takes no others anyway. */
export function isUserName(user: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,60}@[A-Za-z][A-Za-z0-9._-]{1,31}$/.test(user)
}

export function isTokenName(token: string): boolean {
  return /^[A-Za-z][A-Za-z0-9._-]{1,63}$/.test(token)
}
