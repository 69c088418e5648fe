export type Environment = Readonly<Record<string, string | undefined>>

type Variable = {
  readonly name: string
  /** The key that it sets or overrides, as it is called in the reference. */
  readonly sets: string
  readonly meaning: string
  readonly example: string
}

/**
 * The variables of the original deployment. They are enough without a file, and override one where both are given.
 * One literal: the loader, the reference in docs/ and the check for a configuration that was meant read it.
 */
export const VARIABLES = [
  {
    name: 'HOSTS',
    sets: '`hosts`, the whole list',
    meaning:
      'The hosts: `NAME=ADDRESS@OUTLET`, with commas between them. Without `@OUTLET` a host is only watched. IPv6 addresses stand in brackets.',
    example: 'pve1=192.168.1.105@0,nas=192.168.30.10',
  },
  {
    name: 'KASA_IP',
    sets: '`address` of the kasa device',
    meaning: 'Address of the power strip.',
    example: '192.168.1.205',
  },
  {
    name: 'KASA_USERNAME',
    sets: '`username` of the kasa device',
    meaning: 'E-mail address of its TP-Link account.',
    example: 'me@example.com',
  },
  {
    name: 'KASA_PASSWORD',
    sets: '`password` of the kasa device',
    meaning: 'Password of that account. It is read from the variable at each use and never shown.',
    example: '(secret)',
  },
  { name: 'CHECK_INTERVAL', sets: '`rounds.interval`', meaning: 'Time between two rounds.', example: '30' },
  {
    name: 'FAILURE_THRESHOLD',
    sets: '`rounds.failureThreshold`',
    meaning: 'Silent rounds in a row after which a host counts as dead.',
    example: '3',
  },
  {
    name: 'BOOT_WAIT_TIME',
    sets: '`recovery.offHold`',
    meaning: 'Time between OFF and ON; also the boot grace after ON where `recovery.bootGrace` is not given.',
    example: '600',
  },
  {
    name: 'MAX_POWER_CYCLES',
    sets: '`recovery.maxCyclesPerOutage`',
    meaning: 'Power cycles in one outage.',
    example: '5',
  },
  { name: 'METRICS_PORT', sets: '`http.port`', meaning: 'TCP port of the metrics and the HTTP API.', example: '8000' },
] as const satisfies readonly Variable[]

export type VariableName = (typeof VARIABLES)[number]['name']

/** Names the file to load; `--config` goes before it. */
export const FILE_VARIABLE = 'PROXMOX_WATCHDOG_CONFIG'

/** Set by systemd for `StateDirectory=`. */
export const STATE_DIRECTORY_VARIABLE = 'STATE_DIRECTORY'

/** The value of a variable; one that is set to nothing counts as not set. */
export function variable(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim()
  return value === undefined || value === '' ? undefined : value
}

/** Those of the original deployment's variables that are set. */
export function givenVariables(env: Environment): VariableName[] {
  return VARIABLES.map(({ name }) => name).filter((name) => variable(env, name) !== undefined)
}
