import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { giveOrder } from '../give-order.ts'

export function resumeCommand(cli: Cli): Command {
  return new Command('resume')
    .description('end a pause; without a host also a dry-run that the watchdog forced upon itself')
    .argument('[host]', 'the one that was paused by name; without it the pause of every host')
    .action(async (host: string | undefined) => cli.end(await giveOrder(cli, { order: 'resume', target: host ?? '*' })))
}
