import type { Exit } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'

/** What every command is given. */
export type Cli = {
  readonly terminal: Terminal
  readonly env: NodeJS.ProcessEnv
  /** The options that stand before or after any command. */
  globals(): { readonly stateDirectory?: string; readonly config?: string }
  /** How the command ended. */
  end(exit: Exit): void
}

/** For a command's action: tells a failure on standard error and answers how to end. */
export function fail(cli: Cli, failure: { readonly exit: Exit; readonly sentence: string }): Exit {
  cli.terminal.err(failure.sentence)
  return failure.exit
}
