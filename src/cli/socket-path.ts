import { dirname, join, resolve } from 'node:path'
import { SOCKET_NAME } from '../api/socket-name.ts'
import type { Cli } from './cli.ts'
import type { Exit } from './exit-codes.ts'

export type StateDirectory =
  | { readonly ok: true; readonly directory: string }
  | { readonly ok: false; readonly exit: Exit; readonly sentence: string }

/**
 * Where the watchdog keeps its state: `--state-directory`, else what the configuration says (`--config`, or the usual
 * file), else STATE_DIRECTORY, else the default; where nothing is there, that of a running lab. A usual file that cannot
 * be read is passed over; a named one is not.
 */
export async function stateDirectory(cli: Cli): Promise<StateDirectory> {
  const { stateDirectory: given, config } = cli.globals()
  if (given !== undefined) return { ok: true, directory: resolve(given) }
  const { existsSync } = await import('node:fs')
  const { locateFile, USUAL_STATE_DIRECTORY } = await import('../config/locate.ts')
  const located = locateFile(config, cli.env, existsSync)
  if (located.how !== 'none') {
    const read = await fromFile(located.file)
    if ('directory' in read && read.directory !== undefined) return { ok: true, directory: read.directory }
    if ('sentence' in read && located.how === 'named') {
      return { ok: false, exit: 'configuration', sentence: read.sentence }
    }
  }
  // systemd may name several, with colons between them; ours is the first.
  const fromSystemd = cli.env.STATE_DIRECTORY?.split(':')[0]
  if (fromSystemd) return { ok: true, directory: resolve(fromSystemd) }
  if (located.how !== 'none' || existsSync(join(USUAL_STATE_DIRECTORY, SOCKET_NAME))) {
    return { ok: true, directory: USUAL_STATE_DIRECTORY }
  }
  const { labDirectory, labPaths } = await import('../app/lab/lab-directory.ts')
  const { state } = labPaths(labDirectory(cli.env))
  return { ok: true, directory: existsSync(join(state, SOCKET_NAME)) ? state : USUAL_STATE_DIRECTORY }
}

export async function socketPath(cli: Cli): Promise<StateDirectory & { readonly path?: string }> {
  const found = await stateDirectory(cli)
  return found.ok ? { ...found, path: join(found.directory, SOCKET_NAME) } : found
}

/** Only this one key is read: a file that is wrong elsewhere still tells where the running watchdog is. */
async function fromFile(file: string): Promise<{ directory: string | undefined } | { sentence: string }> {
  const { readFileSync } = await import('node:fs')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown'
    return { sentence: `The configuration ${file} cannot be read (${reason}).` }
  }
  // Reading YAML costs more than all the rest of a short command, and most files do not mention the key.
  if (!text.includes('stateDirectory')) return { directory: undefined }
  const { parseDocument } = await import('yaml')
  const value = parseDocument(text).get('stateDirectory')
  return { directory: typeof value === 'string' && value !== '' ? resolve(dirname(file), value) : undefined }
}
