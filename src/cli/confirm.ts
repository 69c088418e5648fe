import type { Cli } from './cli.ts'
import type { Exit } from './exit-codes.ts'

/** Says what will happen and asks; where nobody can be asked, `--yes` must have been given. */
export async function confirm(
  cli: Cli,
  what: string,
  yes: boolean,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly exit: Exit; readonly sentence: string }> {
  cli.terminal.err(what)
  if (yes) return { ok: true }
  if (!cli.terminal.canAsk) {
    return {
      ok: false,
      exit: 'usage',
      sentence: 'Nobody can be asked here: say --yes if that is meant. Nothing was done.',
    }
  }
  const { askYes } = await import('./ask.ts')
  return (await askYes('Go on?')) ? { ok: true } : { ok: false, exit: 'no', sentence: 'Nothing was done.' }
}
