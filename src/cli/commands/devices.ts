import { Command } from 'commander'
import { type Cli, fail } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'
import { giveOrder } from '../give-order.ts'

export function devicesCommand(cli: Cli): Command {
  const devices = new Command('devices').description('the power devices themselves')
  devices
    .command('accept')
    .description('accept the device that answers now in place of the pinned one, after it was replaced')
    .argument('<device>')
    .option('-y, --yes', 'do not ask')
    .action(async (device: string, options: { yes?: boolean }) => cli.end(await accept(cli, device, options)))
  return devices
}

async function accept(cli: Cli, device: string, options: { readonly yes?: boolean }): Promise<Exit> {
  const { confirm } = await import('../confirm.ts')
  const agreed = await confirm(
    cli,
    `Whatever answers as ${device} now will be trusted to be it, and its outlets to feed the same hosts.`,
    options.yes === true,
  )
  return agreed.ok ? giveOrder(cli, { order: 'accept-device', device }) : fail(cli, agreed)
}
