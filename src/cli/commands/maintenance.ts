import { Command } from 'commander'
import { durationOf } from '../arguments.ts'
import { type Cli, fail } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'
import { giveOrder } from '../give-order.ts'

type Options = { readonly for?: string; readonly end?: boolean; readonly reason: string }

export function maintenanceCommand(cli: Cli): Command {
  return new Command('maintenance')
    .description('watch a host without power-cycling it, while somebody works on it')
    .argument('<host>')
    .option('--for <duration>', 'how long, such as 2h; it ends by itself')
    .option('--end', 'end it now')
    .option('--reason <text>', 'for the history', 'by hand')
    .addHelpText(
      'after',
      '\nExamples:\n  proxmox-watchdog maintenance pve3 --for 2h --reason "new disk"\n  proxmox-watchdog maintenance pve3 --end',
    )
    .action(async (host: string, options: Options) => cli.end(await maintenance(cli, host, options)))
}

async function maintenance(cli: Cli, host: string, options: Options): Promise<Exit> {
  if ((options.for === undefined) === (options.end !== true)) {
    return fail(cli, { exit: 'usage', sentence: 'Say how long with --for 2h, or end it with --end; one of the two.' })
  }
  if (options.for === undefined) return giveOrder(cli, { order: 'maintenance-end', host })
  const lasting = await durationOf('--for', options.for)
  if (!lasting.ok) return fail(cli, lasting)
  return giveOrder(cli, { order: 'maintenance', host, forMs: lasting.ms, reason: options.reason })
}
