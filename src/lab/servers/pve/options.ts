/** Path to privileges, as `GET /access/permissions` tells them; a grant on `/` reaches everything below it. */
export type Grants = Readonly<Record<string, readonly string[]>>

export type ApiUser = { readonly password?: string; readonly grants: Grants }
/** By `user@realm!name`. */
export type ApiToken = { readonly secret: string; readonly grants: Grants }

/** What the watchdog needs for everything it can do with Proxmox. */
export const ALL_PRIVILEGES = [
  'Datastore.Audit',
  'Sys.Audit',
  'Sys.Console',
  'Sys.Modify',
  'Sys.PowerMgmt',
  'Sys.Syslog',
  'VM.Audit',
  'VM.GuestAgent.Audit',
  'VM.Migrate',
  'VM.Monitor',
  'VM.PowerMgmt',
] as const

/** LAB ONLY: printed here for everybody, it opens nothing else. */
export const LAB_API_TOKEN = { id: 'watchdog@pve!lab', secret: '1ab0ab1e-0000-4000-8000-1ab0ab1e0001' } as const
export const LAB_API_USER = { name: 'watchdog@pve', password: 'lab-only' } as const

export type PveOptions = {
  readonly tokens?: Readonly<Record<string, ApiToken>>
  readonly users?: Readonly<Record<string, ApiUser>>
  readonly delays?: Partial<PveDelays>
  /** The wall clock at the lab's begin, in milliseconds since 1970; default `Date.now()`. */
  readonly wallStartMs?: () => number
  /** Lab milliseconds in one of the nodes' wall clock; default the lab's time scale: nodes tell the hour of everybody else. */
  readonly wallScale?: number
}

/** Real milliseconds that Proxmox takes over what fails. */
export type PveDelays = {
  /** Before a wrong password or token is told. */
  readonly refusedLoginMs: number
  /** Before a peer counts as unreachable (595). */
  readonly unreachableMs: number
  /** Before a lock of the cluster file system is given up without quorum. */
  readonly lockMs: number
}
export const USUAL_DELAYS: PveDelays = { refusedLoginMs: 3_000, unreachableMs: 3_000, lockMs: 10_000 }

const EVERYTHING: Grants = { '/': ALL_PRIVILEGES }
export const LAB_TOKENS: Readonly<Record<string, ApiToken>> = {
  [LAB_API_TOKEN.id]: { secret: LAB_API_TOKEN.secret, grants: EVERYTHING },
}
export const LAB_USERS: Readonly<Record<string, ApiUser>> = {
  [LAB_API_USER.name]: { password: LAB_API_USER.password, grants: EVERYTHING },
}
