import { type Command, CommanderError } from 'commander'
import type { Cli } from './cli.ts'
import { type Exit, exitCode } from './exit-codes.ts'
import { buildProgram } from './program.ts'
import { processTerminal, type Terminal } from './terminal.ts'

/**
 * Runs one command line (`argv` without the program itself) and answers the exit code. Sentences about what went wrong
 * are on standard error; nothing is thrown.
 */
export async function runCli(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  const terminal = processTerminal(env)
  quietPipes()
  let exit: Exit = 'ok'
  const cli: Cli = {
    terminal,
    env,
    globals: () => program.opts(),
    end: (how) => {
      exit = how
    },
  }
  const program = buildProgram(cli)
  catchExits(program)
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return exitCode(exit)
  } catch (error) {
    return codeOf(error, terminal)
  }
}

/** Instead of ending the process, so that output that is still on its way arrives. */
function catchExits(command: Command): void {
  command.exitOverride()
  for (const each of command.commands) catchExits(each)
}

function codeOf(error: unknown, terminal: Terminal): number {
  // Help and version come as errors, too; commander has already said what there is to say.
  if (error instanceof CommanderError) return exitCode(error.exitCode === 0 ? 'ok' : 'usage')
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
  terminal.err(`The program made a mistake; please report this.\n${trace}`)
  return exitCode('software')
}

/** `status | head` is no mistake, nor is a terminal that was closed (EIO). */
function quietPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || error.code === 'EIO') process.exit(exitCode('brokenPipe'))
      throw error
    })
  }
}
