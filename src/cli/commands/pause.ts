import { Command } from 'commander'
import { durationOf } from '../arguments.ts'
import { type Cli, fail } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'
import { giveOrder } from '../give-order.ts'

type Options = { readonly for?: string; readonly reason: string }

export function pauseCommand(cli: Cli): Command {
  return new Command('pause')
    .description('begin no power cycle, of one host or of all; what has begun is carried to its end')
    .argument('[host]', 'without it every host')
    .option('--for <duration>', 'resume by itself after this, such as 2h')
    .option('--reason <text>', 'for the history', 'by hand')
    .addHelpText(
      'after',
      '\nExamples:\n  proxmox-watchdog pause --for 2h --reason "moving the rack"\n  proxmox-watchdog pause pve2',
    )
    .action(async (host: string | undefined, options: Options) => cli.end(await pause(cli, host, options)))
}

async function pause(cli: Cli, host: string | undefined, options: Options): Promise<Exit> {
  const lasting = options.for === undefined ? undefined : await durationOf('--for', options.for)
  if (lasting?.ok === false) return fail(cli, lasting)
  return giveOrder(cli, { order: 'pause', target: host ?? '*', reason: options.reason, forMs: lasting?.ms })
}
