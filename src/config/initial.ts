import { entryName, isNetworkAddress } from './values.ts'

const USUAL_PORT = 80
const USUAL_LEGACY_PORT = 9999

export type InitialOutlet = {
  readonly outlet: string
  readonly alias?: string
  readonly state?: 'on' | 'off' | 'unknown'
  readonly watts?: number
}

export type InitialConfiguration = {
  readonly device: {
    readonly name?: string
    readonly address: string
    /** The account; its password is taken from the variable KASA_PASSWORD. */
    readonly username?: string
    readonly model?: string
    /** TCP ports of KLAP and of the legacy protocol; written down where they are not the usual ones. */
    readonly port?: number
    readonly legacyPort?: number
    readonly outlets: readonly InitialOutlet[]
  }
  /** Addresses that are known by the alias of an outlet, such as `pve1` to `192.168.1.105`; case does not count. */
  readonly addresses?: Readonly<Record<string, string>>
  /** The default gateway, which serves as reference. */
  readonly gateway?: string
}

/**
 * A commented configuration for a strip as it was discovered, in `mode: dry-run`. It can be loaded as it is: what is
 * not known stands as a comment. Whatever the device says of itself is only ever quoted or commented.
 */
export function renderInitialConfiguration(initial: InitialConfiguration): string {
  const device = initial.device.name ?? 'strip'
  const guesses = initial.device.outlets.map((outlet) => guessHost(outlet, initial.addresses ?? {}))
  const known = guesses.filter(({ address }) => address !== undefined)
  const unknown = guesses.filter(({ address }) => address === undefined)
  return [
    ...head(),
    ...references(initial.gateway),
    ...powerDevice(initial, device),
    ...channels(),
    'hosts:',
    ...(known.length === 0 ? ['  # No host is known yet: take the signs away below, and fill the addresses in.'] : []),
    ...uniqueNames(known).flatMap((guess) => hostLines(guess, device, '  ')),
    ...unknown.flatMap((guess) => hostLines(guess, device, '  # ')),
    '  # A machine without a power device is only watched:',
    '  # - name: NAME',
    '  #   address: ADDRESS',
    '  #   probes: [icmp]',
    '',
  ].join('\n')
}

function head(): string[] {
  return [
    '# yaml-language-server: $schema=./proxmox-watchdog.schema.json',
    '# Configuration of proxmox-watchdog. `proxmox-watchdog config check` says what is wrong or risky with it;',
    '# `proxmox-watchdog config schema > proxmox-watchdog.schema.json` helps editors to complete and check it.',
    '',
    '# dry-run: watch and tell each power cycle that would have happened. When the mapping is proven',
    '# (`proxmox-watchdog outlets verify HOST`) and the night was quiet, change it to act.',
    'mode: dry-run',
    '',
    '# Where the state is kept; /var/lib/proxmox-watchdog, or what systemd gives, where this is left out. For a first look as',
    '# an ordinary user take the sign away; for the service put it back.',
    '# stateDirectory: ./state',
    '',
    '# How quickly, how long, how often. These are the defaults.',
    'rounds: { interval: 30s, failureThreshold: 3 }',
    'recovery:',
    '  offHold: 10m            # between OFF and ON',
    '  bootGrace: 10m          # after ON, before silence counts again',
    '  maxCyclesPerOutage: 5   # then it is left to a person',
    '',
  ]
}

function references(gateway: string | undefined): string[] {
  const found = gateway !== undefined && isNetworkAddress(gateway)
  return [
    '# What answers when our own network is well. Without one, a loose cable of ours looks like dead hosts.',
    'references:',
    `  ${found ? '' : '# '}- { name: gateway, address: ${found ? JSON.stringify(gateway) : 'ADDRESS'}, probes: [icmp] }`,
    '',
  ]
}

function powerDevice({ device }: InitialConfiguration, name: string): string[] {
  const credentials =
    device.username === undefined
      ? [
          '    # username: ME@EXAMPLE.COM            # of the TP-Link account, if the strip is bound to one',
          '    # password: { env: KASA_PASSWORD }',
        ]
      : [
          `    username: ${JSON.stringify(device.username)}`,
          '    password: { env: KASA_PASSWORD }   # or { file: PATH }; never the password itself',
        ]
  return [
    'powerDevices:',
    `  - name: ${name}${device.model === undefined ? '' : `   # ${commentText(device.model)}`}`,
    '    driver: kasa',
    `    address: ${JSON.stringify(device.address)}`,
    ...(device.port === undefined || device.port === USUAL_PORT ? [] : [`    port: ${device.port}`]),
    ...(device.legacyPort === undefined || device.legacyPort === USUAL_LEGACY_PORT
      ? []
      : [`    legacyPort: ${device.legacyPort}`]),
    ...credentials,
    '    # As they were found:',
    ...device.outlets.map((outlet) => `    #   ${describe(outlet)}`),
    '    # An outlet that must never be switched automatically, or that may draw more than 150 W, is listed:',
    '    # outlets:',
    '    #   - { outlet: 4, label: NAS, protected: true, maxWatts: 150 }',
    '',
  ]
}

/** Who is told is known to nobody but the owner; what it looks like is shown. */
function channels(): string[] {
  return [
    '# Who is told, and who notices when nobody is told any more (docs/alerting.md). `proxmox-watchdog alerts test` proves it.',
    '# channels:',
    '#   - { name: phone, type: ntfy, topic: { env: NTFY_TOPIC } }',
    '#   - { name: chat, type: discord, webhook: { env: DISCORD_WEBHOOK } }',
    '# heartbeats:',
    '#   - { name: outside, type: healthchecks, url: { env: HEALTHCHECKS_URL } }',
    '',
  ]
}

type Guess = { readonly outlet: InitialOutlet; readonly name: string; readonly address?: string }

function guessHost(outlet: InitialOutlet, addresses: Readonly<Record<string, string>>): Guess {
  const alias = outlet.alias?.trim() ?? ''
  const name = alias
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
    .slice(0, 63)
  const usable = entryName().safeParse(name).success ? name : `outlet-${outlet.outlet.replaceAll(/[^A-Za-z0-9]/g, '-')}`
  const [, address] = Object.entries(addresses).find(([key]) => key.trim().toLowerCase() === alias.toLowerCase()) ?? []
  return address !== undefined && isNetworkAddress(address)
    ? { outlet, name: usable, address }
    : { outlet, name: usable }
}

/** Two outlets with one alias are the two supplies of one machine, or a mistake: only a person can tell. */
function uniqueNames(guesses: readonly Guess[]): Guess[] {
  const seen = new Set<string>()
  return guesses.map((guess) => {
    const name = seen.has(guess.name) ? `${guess.name}-outlet-${guess.outlet.outlet}`.slice(0, 63) : guess.name
    seen.add(guess.name)
    return { ...guess, name }
  })
}

function hostLines({ outlet, name, address }: Guess, device: string, indent: string): string[] {
  const number = /^\d{1,5}$/.test(outlet.outlet) ? outlet.outlet : JSON.stringify(outlet.outlet)
  return [
    `${indent}- name: ${JSON.stringify(name)}   # ${describe(outlet)}`,
    `${indent}  address: ${address === undefined ? 'ADDRESS' : JSON.stringify(address)}`,
    `${indent}  probes: [icmp, https]   # https: the Proxmox web service on port 8006`,
    `${indent}  power: [{ device: ${device}, outlet: ${number} }]`,
  ]
}

function describe({ outlet, alias, state, watts }: InitialOutlet): string {
  const parts = [
    `outlet ${commentText(outlet)}`,
    alias === undefined || alias.trim() === '' ? 'no alias' : `"${commentText(alias)}"`,
    state ?? 'unknown',
    watts === undefined ? undefined : `${watts.toFixed(1)} W`,
  ]
  return parts.filter((part) => part !== undefined).join(', ')
}

/** Text of a device within a comment: one short line, whatever it holds. */
function commentText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 64)
}
