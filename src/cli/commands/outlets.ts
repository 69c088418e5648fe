import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import type { Wanted } from '../progress.ts'
import type { SwitchOptions } from '../switch-outlet.ts'

const TARGET = 'a host, or DEVICE/OUTLET'
const EXAMPLES = `
Examples:
  proxmox-watchdog outlets list
  proxmox-watchdog outlets verify pve1
  proxmox-watchdog outlets off pve3 --for 2h --reason "new disk"
  proxmox-watchdog outlets cycle strip/4 --protected --yes

Each of them says what will happen and asks first. cycle and verify tell every step until the end; their exit code says
what came of it (docs/exit-codes.md). Interrupting them ends the telling alone: the watchdog carries the plan on.`

export function outletsCommand(cli: Cli): Command {
  const outlets = new Command('outlets').description('see and switch outlets by hand').addHelpText('after', EXAMPLES)
  outlets
    .command('list')
    .description('every outlet: what it feeds, its state and power, and whether it is protected')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const { listOutlets } = await import('../list-outlets.ts')
      cli.end(await listOutlets(cli, options))
    })
  switching(cli, outlets, 'on', 'turn on, and end an order that keeps it off')
  switching(cli, outlets, 'off', 'turn off, for a while or until turned on again')
    .option('--for <duration>', 'turn it on again after this, such as 2h')
    .option('--until-released', 'keep it off until `outlets on`')
  switching(cli, outlets, 'cycle', 'turn off, wait, and turn on').option('--hold <duration>', 'how long it stays off')
  switching(cli, outlets, 'verify', 'a supervised cycle that proves which outlet feeds the host')
  return outlets
}

function switching(cli: Cli, outlets: Command, wanted: Wanted, description: string): Command {
  return outlets
    .command(wanted)
    .description(description)
    .argument('<target>', wanted === 'verify' ? 'a host' : TARGET)
    .option('-y, --yes', 'do not ask')
    .option('--protected', 'even though the outlet is protected')
    .option('--reason <text>', 'for the history', 'by hand')
    .action(async (target: string, options: SwitchOptions) => {
      const { switchOutlet } = await import('../switch-outlet.ts')
      cli.end(await switchOutlet(cli, wanted, target, options))
    })
}
