import { Secret } from '../config/secret.ts'
import type { DeviceIdentity } from '../ports/power-device.ts'
import { discoverKasa } from '../power-devices/kasa/discover.ts'
import type { Cli } from './cli.ts'
import type { Failure } from './client.ts'

export type StripOptions = { readonly username?: string; readonly port: number; readonly legacyPort: number }

export type StripFound =
  | { readonly ok: true; readonly identity: DeviceIdentity; readonly username: string | undefined }
  | Failure

const PASSWORD = 'KASA_PASSWORD'

/** Asks one strip what it is. With a user name a password is needed: from KASA_PASSWORD, or asked for. */
export async function discoverStrip(cli: Cli, address: string, options: StripOptions): Promise<StripFound> {
  const username = options.username ?? (cli.env.KASA_USERNAME || undefined)
  if (username !== undefined && !process.env[PASSWORD]) {
    const asked = await askForPassword(cli, username)
    if (asked !== undefined) return asked
  }
  const account = username === undefined ? {} : { username, password: new Secret({ env: PASSWORD }) }
  const outcome = await discoverKasa(address, { port: options.port, legacyPort: options.legacyPort, ...account })
  if (outcome.ok) return { ok: true, identity: outcome.value, username }
  const { code, sentence } = outcome.error
  const hint =
    code === 'credentials-refused' && username === undefined
      ? ' Name the TP-Link account that it is bound to with --username, exactly as it is written there.'
      : ''
  return {
    ok: false,
    exit: code === 'credentials-refused' ? 'noPermission' : 'unavailable',
    sentence: `${sentence}${hint}`,
  }
}

/** Kept in the environment of this process alone, which is where a secret by reference finds it. */
async function askForPassword(cli: Cli, username: string): Promise<Failure | undefined> {
  if (!cli.terminal.canAsk) {
    return { ok: false, exit: 'usage', sentence: `Nobody can be asked for the password here: set ${PASSWORD}.` }
  }
  const { askSecret } = await import('./ask.ts')
  const typed = await askSecret(`Password of ${username}`)
  if (typed === undefined || typed === '')
    return { ok: false, exit: 'usage', sentence: 'Without a password nothing is asked.' }
  process.env[PASSWORD] = typed
  return undefined
}
