import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FEATURES, PROXMOX_FEATURES } from './features.ts'
import { missingFor, surplus } from './missing.ts'
import { roleCommands } from './role-commands.ts'

type Method = { readonly permissions?: readonly unknown[] | string }
const API = JSON.parse(
  readFileSync(new URL('../../../../test/fixtures/pve/api-9.2.json', import.meta.url), 'utf8'),
) as Record<string, Record<string, Method>>

const wish = (features: readonly (typeof PROXMOX_FEATURES)[number][]) => ({
  features,
  user: 'watchdog@pve',
  token: 'eyes',
  major: 9,
})

/** What somebody has for whom these lines were run, by the rules of Proxmox: further down replaces what comes from above. */
function afterwards(lines: readonly string[]): Record<string, string[]> {
  const roles = new Map(
    lines
      .flatMap((line) => [/^pveum role add (\S+) --privs "(.*)"$/.exec(line)?.slice(1) ?? []])
      .filter((each) => each.length > 0) as [string, string][],
  )
  const acl = lines.flatMap((line) => {
    const [, path = '', role = '', propagate] =
      /^pveum acl modify (\S+) --users \S+ --tokens '\S+' --roles (\S+) --propagate (\d)$/.exec(line) ?? []
    return path === '' ? [] : [{ path, privileges: (roles.get(role) ?? '').split(','), propagate: propagate === '1' }]
  })
  const on = (path: string) => {
    const own = acl.filter((each) => each.path === path)
    if (own.length > 0 || path === '/') return own.flatMap(({ privileges }) => privileges)
    return acl.filter((each) => each.path === '/' && each.propagate).flatMap(({ privileges }) => privileges)
  }
  return Object.fromEntries(['/', '/nodes', '/vms', '/storage', '/access', '/pool'].map((path) => [path, on(path)]))
}

describe('the privileges of the features', () => {
  it.each([
    ['journals', '/nodes/{node}/journal', 'GET', '/nodes/{node}'],
    ['updates', '/nodes/{node}/apt/update', 'GET', '/nodes/{node}'],
    ['start-missed', '/nodes/{node}/qemu/{vmid}/status/start', 'POST', '/vms/{vmid}'],
    ['node-watchdog', '/cluster/ha/status/disarm-ha', 'POST', '/'],
    ['power', '/nodes/{node}/status', 'POST', '/nodes/{node}'],
    ['power', '/nodes/{node}/wakeonlan', 'POST', '/nodes/{node}'],
    ['power', '/nodes/{node}/qemu/{vmid}/status/shutdown', 'POST', '/vms/{vmid}'],
    ['power', '/cluster/ha/resources/{sid}', 'PUT', '/'],
    ['ceph-flags', '/cluster/ceph/flags/{flag}', 'PUT', '/'],
    ['views', '/cluster/ha/status/current', 'GET', '/'],
    ['agent', '/nodes/{node}/qemu/{vmid}/agent/network-get-interfaces', 'GET', '/vms/{vmid}'],
  ] as const)('%s are those that the schema of the API asks for', (feature, path, method, on) => {
    const [, where, privileges] = (API[path]?.[method]?.permissions ?? []) as [string, string, string[]]
    expect(where).toBe(on)
    const need = FEATURES[feature].needs.find(
      (each) => on.startsWith(each.path) && each.anyOf.some((one) => privileges.includes(one)),
    )
    expect(need, feature).toBeDefined()
    expect(need?.anyOf[0]).toBe(privileges[0])
  })

  it('are granted by the commands, whichever features are wanted, and nothing dangerous besides', () => {
    fc.assert(
      fc.property(fc.subarray([...PROXMOX_FEATURES]), (more) => {
        const features = PROXMOX_FEATURES.filter((each) => each === 'views' || more.includes(each))
        const had = afterwards(roleCommands(wish(features)))
        for (const feature of features) expect(missingFor(feature, had), feature).toEqual([])
        expect(surplus(features, had)).toEqual({})
      }),
    )
  })

  it('are told where they are missing, and on which node alone', () => {
    const had = { '/': ['Sys.Audit'], '/nodes': ['Sys.Audit', 'Sys.Syslog'], '/nodes/pve2': ['Sys.Audit'], '/vms': [] }
    expect(missingFor('journals', had)).toEqual([{ path: '/nodes/pve2', privilege: 'Sys.Syslog' }])
    expect(missingFor('views', had)).toEqual([
      { path: '/vms', privilege: 'VM.Audit' },
      { path: '/storage', privilege: 'Datastore.Audit' },
    ])
    expect(missingFor('node-watchdog', {})).toEqual([{ path: '/', privilege: 'Sys.Console' }])
  })

  it('that are more than what is wanted are named with their paths', () => {
    const all = {
      '/': ['Sys.Audit', 'Sys.Modify', 'Permissions.Modify'],
      '/nodes': ['Sys.Modify'],
      '/vms': ['VM.Audit'],
    }
    expect(surplus(['views', 'updates'], all)).toEqual({ 'Sys.Modify': ['/'], 'Permissions.Modify': ['/'] })
  })

  it('of Proxmox 8 have their own name for the agent', () => {
    expect(roleCommands({ ...wish(['views', 'agent']), major: 8 }).join('\n')).toContain('"VM.Audit,VM.Monitor"')
    expect(roleCommands(wish(['views', 'agent'])).join('\n')).toContain('"VM.Audit,VM.GuestAgent.Audit"')
  })
})
