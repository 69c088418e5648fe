import { existsSync } from 'node:fs'
import { type Environment, givenVariables } from '../../config/environment/variables.ts'
import { type Loaded, loadConfiguration as load } from '../../config/load.ts'
import { locateFile, USUAL_FILES } from '../../config/locate.ts'
import { REGISTRIES } from '../registry/registries.ts'
import { readConfigurationFile } from './read-file.ts'

export type LoadOptions = {
  /** `--config`. Missing: PROXMOX_WATCHDOG_CONFIG, else the first of the usual places that exists. */
  readonly file?: string
  /** Instead of the content of `file`, which then only names it. */
  readonly text?: string
  readonly env: Environment
}

/** Finds, reads and loads the configuration, file and environment together. Everything wrong with it at once. */
export function loadConfiguration({ file, text, env }: LoadOptions): Loaded {
  if (text !== undefined) return load({ ...(file === undefined ? {} : { file }), text, env }, REGISTRIES)
  const located = locateFile(file, env, existsSync)
  if (located.how === 'none') {
    if (givenVariables(env).length > 0) return load({ env }, REGISTRIES)
    const message = `there is no configuration: neither ${USUAL_FILES.join(' nor ')} exists; \`proxmox-watchdog init\` writes one, and --config names another`
    return { ok: false, problems: [{ path: '', message }] }
  }
  const read = readConfigurationFile(located.file)
  if (read.ok) return load({ file: located.file, text: read.text, env }, REGISTRIES)
  const by = located.how === 'named' && located.by !== '--config' ? `, which ${located.by} names,` : ''
  const message = `the configuration${by} cannot be read: ${read.sentence}`
  return { ok: false, problems: [{ file: located.file, path: '', message }] }
}
