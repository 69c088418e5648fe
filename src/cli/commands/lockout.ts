import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { giveOrder } from '../give-order.ts'

export function lockoutCommand(cli: Cli): Command {
  const lockout = new Command('lockout').description('hosts that have reached their limit of power cycles')
  lockout
    .command('clear')
    .description('let the watchdog try again; the counter of the outage begins anew')
    .argument('<host>')
    .action(async (host: string) => cli.end(await giveOrder(cli, { order: 'clear-lockout', host })))
  return lockout
}
