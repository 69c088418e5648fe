import { type Environment, FILE_VARIABLE, givenVariables, variable } from './environment/variables.ts'

/** Where the state is kept unless something says otherwise. */
export const USUAL_STATE_DIRECTORY = '/var/lib/proxmox-watchdog'

export const USUAL_FILES = ['./proxmox-watchdog.yaml', '/etc/proxmox-watchdog/config.yaml'] as const

/** `named` files must be there; a `usual` one counts only if it is. */
export type Located =
  | { readonly how: 'named'; readonly file: string; readonly by: '--config' | typeof FILE_VARIABLE }
  | { readonly how: 'usual'; readonly file: string }
  | { readonly how: 'none' }

/** Which file to load: `--config`, else PROXMOX_WATCHDOG_CONFIG, else the first of the usual ones that exists. */
export function locateFile(
  wanted: string | undefined,
  env: Environment,
  fileExists: (file: string) => boolean,
): Located {
  if (wanted !== undefined) return { how: 'named', file: wanted, by: '--config' }
  const named = variable(env, FILE_VARIABLE)
  if (named !== undefined) return { how: 'named', file: named, by: FILE_VARIABLE }
  const file = USUAL_FILES.find(fileExists)
  return file === undefined ? { how: 'none' } : { how: 'usual', file }
}

/**
 * Whether a configuration was meant, right or wrong: then a bare start must not begin the lab. A single variable of
 * the original deployment is enough.
 */
export function configurationPresence(
  env: Environment,
  fileExists: (file: string) => boolean,
): 'file' | 'environment' | 'none' {
  if (locateFile(undefined, env, fileExists).how !== 'none') return 'file'
  return givenVariables(env).length > 0 ? 'environment' : 'none'
}
