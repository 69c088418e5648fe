import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'
import { startLabRun } from './lab.ts'
import { run } from './run.ts'

/** What a bare `npm start` does: the configured watchdog, or the lab where no configuration was meant at all. */
export function startCommand(cli: Cli): Command {
  return new Command('start')
    .description('run where anything is configured, by file or environment; else show the lab')
    .action(async () => cli.end(await start(cli)))
}

async function start(cli: Cli): Promise<Exit> {
  const { existsSync } = await import('node:fs')
  const { configurationPresence } = await import('../../config/locate.ts')
  const meant = cli.globals().config !== undefined || configurationPresence(cli.env, existsSync) !== 'none'
  if (meant) return run(cli)
  return startLabRun(cli, { pace: '30', tour: true, stay: cli.terminal.canAsk })
}
