import type { SshSettings } from './settings.ts'

const CONNECT_S = 8

/**
 * The arguments of ssh(1). Nobody's configuration is read and nothing is asked; a host that is not known yet is taken
 * once, one whose key changed is refused. The remote command is a literal: what is to be done comes on standard input.
 */
export function sshArguments({ user, port, keyFile, knownHostsFile }: SshSettings, address: string): readonly string[] {
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=accept-new',
    `UserKnownHostsFile=${pathValue(knownHostsFile)}`,
    'GlobalKnownHostsFile=/dev/null',
    'UpdateHostKeys=no',
    `IdentityFile=${pathValue(keyFile)}`,
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'PreferredAuthentications=publickey',
    `ConnectTimeout=${CONNECT_S}`,
    'ConnectionAttempts=1',
    'ServerAliveInterval=5',
    'ServerAliveCountMax=3',
    'ClearAllForwardings=yes',
    'ForwardAgent=no',
    'ControlMaster=no',
    'ControlPath=none',
    'PermitLocalCommand=no',
    'RequestTTY=no',
    'LogLevel=ERROR',
  ]
  // `-F /dev/null`: a ProxyCommand of somebody's own would be run. `--`: an address is never an option.
  return [
    '-F',
    '/dev/null',
    ...options.flatMap((each) => ['-o', each]),
    '-p',
    String(port),
    '-l',
    user,
    '--',
    address,
    'sh -s',
  ]
}

/** Quoted as ssh_config(5) reads it; `%` begins a token there, and `\` and `"` end a quotation. */
function pathValue(path: string): string {
  return `"${path.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** A name or an address as DNS and the kernel know them, never an option or a user in disguise. */
export function isAddress(address: string): boolean {
  return /^[A-Za-z0-9:][A-Za-z0-9.:_%-]*$/.test(address) && address.length <= 253
}
