import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Grants, PveDelays, PveOptions } from './options.ts'
import { LAB_TOKENS, LAB_USERS } from './options.ts'
import type { Permission } from './parameters.ts'
import { Refusal } from './refusal.ts'

/** A ticket is good for two hours. */
const TICKET_S = 7_200
/** The lab signs with a key that everybody may know. */
const KEY = 'proxmox-watchdog lab only'

export type Caller = { readonly user: string; readonly tokenId: string | undefined; readonly grants: Grants }

/** Who may do what: tokens, tickets with their CSRF token, and privileges on paths. */
export class Access {
  readonly #options: PveOptions
  readonly #delays: PveDelays
  readonly #nowS: () => number

  constructor(options: PveOptions, delays: PveDelays, nowS: () => number) {
    this.#options = options
    this.#delays = delays
    this.#nowS = nowS
  }

  /** `POST /access/ticket`. A ticket that is still good serves as the password. */
  ticket(username: string, password: string) {
    const users = this.#options.users ?? LAB_USERS
    const user = Object.hasOwn(users, username) ? users[username] : undefined
    const good = user !== undefined && (same(password, user.password ?? '') || this.#userOf(password) === username)
    if (!good || password === '') {
      throw new Refusal(401, 'authentication failure', { afterMs: this.#delays.refusedLoginMs })
    }
    const nowS = this.#nowS()
    const stamped = `PVE:${username}:${hex(nowS)}`
    const CSRFPreventionToken = `${hex(nowS)}:${sign(`${hex(nowS)}:${username}`)}`
    return { username, ticket: `${stamped}::${sign(stamped)}`, CSRFPreventionToken, cap: capabilities(user.grants) }
  }

  /** Who calls, by the headers of the request; a write with a ticket needs its CSRF token, too. */
  caller(headers: Readonly<Record<string, string | readonly string[] | undefined>>, writes: boolean): Caller {
    const authorization = text(headers.authorization)
    if (authorization.startsWith('PVEAPIToken')) return this.#byToken(authorization)
    const ticket = /(?:^|;\s*)PVEAuthCookie=([^;]*)/.exec(text(headers.cookie))?.[1]
    if (ticket === undefined) throw new Refusal(401, 'No ticket')
    const user = this.#userOf(decodeURIComponent(ticket))
    const known = user === undefined ? undefined : (this.#options.users ?? LAB_USERS)[user]
    if (user === undefined || known === undefined) throw new Refusal(401, 'permission denied - invalid PVE ticket')
    if (writes && !this.#csrfIsGood(text(headers.csrfpreventiontoken), user)) {
      throw new Refusal(401, 'Permission denied - invalid csrf token')
    }
    return { user, tokenId: undefined, grants: known.grants }
  }

  #byToken(authorization: string): Caller {
    const [, id, secret] = /^PVEAPIToken=([^=\s]+)[=:](\S+)$/.exec(authorization) ?? []
    const afterMs = this.#delays.refusedLoginMs
    if (id === undefined || secret === undefined) throw new Refusal(401, 'no token provided!', { afterMs })
    const tokens = this.#options.tokens ?? LAB_TOKENS
    const token = Object.hasOwn(tokens, id) ? tokens[id] : undefined
    if (token === undefined) throw new Refusal(401, 'invalid token value!', { afterMs })
    if (!same(secret, token.secret)) throw new Refusal(401, 'invalid token value!', { afterMs })
    const [user = '', tokenId] = id.split('!')
    return { user, tokenId, grants: token.grants }
  }

  #userOf(ticket: string): string | undefined {
    const [, stamped = '', user, at = ''] = /^((?:PVE:([^:]+):([0-9A-F]{8})))::/.exec(ticket) ?? []
    if (user === undefined || !same(ticket, `${stamped}::${sign(stamped)}`)) return undefined
    const ageS = this.#nowS() - Number.parseInt(at, 16)
    return ageS >= -300 && ageS <= TICKET_S ? user : undefined
  }

  #csrfIsGood(token: string, user: string): boolean {
    const [at = ''] = token.split(':')
    const ageS = this.#nowS() - Number.parseInt(at, 16)
    return same(token, `${at}:${sign(`${at}:${user}`)}`) && ageS >= -300 && ageS <= TICKET_S
  }
}

/** The privileges on a path: of its nearest ancestor that has any of its own. */
export function privilegesOn(grants: Grants, path: string): readonly string[] {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/')) || '/') {
    const own = grants[at]
    if (own !== undefined) return own
    if (at === '/') return []
  }
}

export function may(caller: Caller, path: string, ...anyOf: readonly string[]): boolean {
  const has = privilegesOn(caller.grants, path)
  return anyOf.some((privilege) => has.includes(privilege))
}

/** Checks `["perm", "/nodes/{node}", ["Sys.Audit"], "any", 1]`; `all` and `world` let everybody in. */
export function checkPermission(
  permission: Permission | undefined,
  parameters: Record<string, string>,
  caller: Caller,
) {
  if (!Array.isArray(permission) || permission[0] !== 'perm') return
  const [, template, privileges, any] = permission as [string, string, string[], string | undefined]
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? '')
  const has = privileges.map((privilege) => may(caller, path, privilege))
  const allowed = any === 'any' ? has.includes(true) : !has.includes(false)
  if (!allowed) {
    throw new Refusal(403, `Permission check failed (${path}, ${privileges.join(any === 'any' ? '|' : ', ')})`)
  }
}

function capabilities(grants: Grants): Record<string, Record<string, number>> {
  const all = privilegesOn(grants, '/')
  const of = (prefix: string) =>
    Object.fromEntries(all.filter((privilege) => privilege.startsWith(prefix)).map((privilege) => [privilege, 1]))
  return { vms: of('VM.'), storage: of('Datastore.'), nodes: of('Sys.'), dc: of('Sys.'), access: {} }
}

function sign(what: string): string {
  return createHmac('sha256', KEY).update(what).digest('base64')
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function hex(seconds: number): string {
  return seconds.toString(16).toUpperCase().padStart(8, '0')
}

function text(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value?.[0] ?? '')
}
