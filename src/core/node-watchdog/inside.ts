/** What a node looks like from inside: read by a script that opens no watchdog device. */
export type InsideFacts = {
  /** Asked as root: without that holders are not seen. */
  readonly root: boolean
  /** /run/watchdog-mux.active: it is there while clients of watchdog-mux are connected. */
  readonly marker: boolean
  /** /dev/watchdog or /dev/watchdogN is there. Not opened to learn it. */
  readonly deviceNode: boolean
  /** Processes that hold a watchdog device open. */
  readonly holders: readonly Holder[]
  readonly devices: readonly WatchdogDevice[]
  /** Kernel modules of watchdogs that are loaded, with the parameters that matter. */
  readonly modules: readonly WatchdogModule[]
  readonly units: Readonly<Partial<Record<WatchdogUnit, UnitState>>>
  /** WATCHDOG_MODULE of /etc/default/pve-ha-manager. */
  readonly configuredModule?: string
  readonly haManagerVersion?: string
}

export type Holder = { readonly device: string; readonly pid: number; readonly command: string }

/** Of /sys/class/watchdog; what is not told is missing. ipmi_watchdog is not there at all. */
export type WatchdogDevice = {
  readonly name: string
  readonly identity?: string
  readonly timeoutS?: number
  readonly state?: string
  /** Once open it cannot be stopped: whoever holds it may only feed it for ever. */
  readonly nowayout?: boolean
}
export type WatchdogModule = { readonly name: string; readonly parameters: Readonly<Record<string, string>> }

export const WATCHDOG_UNITS = ['watchdog-mux', 'pve-ha-lrm', 'pve-ha-crm'] as const
export type WatchdogUnit = (typeof WATCHDOG_UNITS)[number]
export type UnitState = { readonly enabled: string; readonly active: string; readonly pid: number }

export const INSIDE_HEAD = 'proxmox-watchdog inside 1'
export const INSIDE_END = 'end'

/** The script's words; undefined where they are cut off or are those of something else. */
export function parseInside(text: string): InsideFacts | undefined {
  const lines = text.split('\n').map((line) => line.trimEnd())
  const start = lines.indexOf(INSIDE_HEAD)
  const end = lines.indexOf(INSIDE_END, start)
  if (start < 0 || end < 0) return undefined
  const told = lines.slice(start + 1, end).map((line) => {
    const [key = '', ...words] = line.split(' ')
    return { key, words }
  })
  const of = (key: string) => told.filter((each) => each.key === key).map(({ words }) => words)
  const one = (key: string) => of(key)[0]?.join(' ')
  return {
    root: one('uid') === '0',
    marker: one('marker') === 'yes',
    deviceNode: one('node') === 'yes',
    holders: of('holder').flatMap(([device = '', pid = '', ...command]) =>
      /^\d+$/.test(pid) ? [{ device, pid: Number(pid), command: command.join(' ') }] : [],
    ),
    devices: devicesOf(of('device')),
    modules: modulesOf(of('module'), of('parameter')),
    units: Object.fromEntries(
      of('unit').flatMap(([name = '', enabled = '', active = '', pid = '0']) =>
        isUnit(name) ? [[name, { enabled, active, pid: Number(pid) || 0 }]] : [],
      ),
    ),
    ...maybe('configuredModule', one('configured')),
    ...maybe('haManagerVersion', one('manager')),
  }
}

function devicesOf(told: readonly (readonly string[])[]): WatchdogDevice[] {
  const names = [...new Set(told.map(([name = '']) => name))]
  return names.map((name) => {
    const value = (field: string) =>
      told
        .find(([device, each]) => device === name && each === field)
        ?.slice(2)
        .join(' ')
    const timeout = Number(value('timeout') ?? Number.NaN)
    const nowayout = value('nowayout')
    return {
      name,
      ...maybe('identity', value('identity')),
      ...maybe('timeoutS', Number.isFinite(timeout) ? timeout : undefined),
      ...maybe('state', value('state')),
      ...maybe('nowayout', nowayout === undefined ? undefined : nowayout !== '0'),
    }
  })
}

function modulesOf(
  modules: readonly (readonly string[])[],
  parameters: readonly (readonly string[])[],
): WatchdogModule[] {
  return modules.map(([name = '']) => ({
    name,
    parameters: Object.fromEntries(
      parameters.filter(([of]) => of === name).map(([, key = '', ...value]) => [key, value.join(' ')]),
    ),
  }))
}

function isUnit(name: string): name is WatchdogUnit {
  return (WATCHDOG_UNITS as readonly string[]).includes(name)
}

function maybe<K extends string, T>(key: K, value: T | undefined): { readonly [key in K]?: T } {
  return (value === undefined || value === '' ? {} : { [key]: value }) as { readonly [key in K]?: T }
}

/** As systemd, watchdog-mux is called by the kernel, cut to 15 characters. */
export function isMux({ command }: Holder): boolean {
  return command === 'watchdog-mux'
}
