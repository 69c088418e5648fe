import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { missingPeers, peer } from './find-peer.ts'

/** What the package would have set up: its user, and its folder under `/run`. */
const SET_UP = `
set -e
passwd=$1; shift
if ! grep -q ^sshd: /etc/passwd; then
  { cat /etc/passwd; echo 'sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin'; } > "$passwd"
  mount --bind "$passwd" /etc/passwd
fi
if ! [ -d /run/sshd ]; then
  mount -t tmpfs -o mode=755 none /run
  mkdir /run/sshd
fi
exec "$@"
`

/** Why there is no real sshd to start; undefined where there is one. */
export function sshdMissing(folder: string): string | undefined {
  const missing = missingPeers('sshd', 'ssh', 'ssh-keygen')
  if (missing !== undefined) return missing
  if (process.getuid?.() !== 0) return 'a real sshd takes others in only as root'
  const [program = '', ...line] = inNamespace(folder, 'true', [])
  const tried = spawnSync(program, line)
  return tried.status === 0 ? undefined : 'its user cannot be had in a mount namespace here'
}

/** An unpacked sshd with the user that it needs, in a mount namespace that is gone with it: the machine stays as it was. */
export function sshdCommand(folder: string, config: string): readonly string[] {
  const found = peer('sshd')
  if ('missing' in found) throw new Error(found.missing)
  return inNamespace(folder, found.path, ['-D', '-e', '-f', config])
}

function inNamespace(folder: string, program: string, args: readonly string[]): readonly string[] {
  const script = join(folder, 'set-up.sh')
  writeFileSync(script, SET_UP)
  return ['unshare', '--mount', 'sh', script, join(folder, 'passwd'), program, ...args]
}
