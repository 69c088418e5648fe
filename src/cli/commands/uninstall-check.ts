import { Command } from 'commander'
import { type Cli, fail } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'

export function uninstallCheckCommand(cli: Cli): Command {
  return new Command('uninstall-check')
    .description('whether any outlet is off because of us or has a timer of ours armed; ends with 0 only if none is')
    .addHelpText(
      'after',
      '\nIt works without a running watchdog too: it looks at the state and the marks that it left then.',
    )
    .action(async () => cli.end(await uninstallCheck(cli)))
}

async function uninstallCheck(cli: Cli): Promise<Exit> {
  const { clientOf } = await import('../client.ts')
  const { leftByDaemon, leftInState } = await import('../left-behind.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const status = await found.client.call('status')
  if (!status.ok && status.exit !== 'unavailable') return fail(cli, status)
  const { dirname } = await import('node:path')
  const left = status.ok ? leftByDaemon(status.value) : leftInState(dirname(found.client.path))
  if (!left.ok) return fail(cli, left)
  if (left.things.length === 0) {
    cli.terminal.out('Nothing is off because of the watchdog, and no timer of ours is armed: it can be removed.')
    return 'ok'
  }
  cli.terminal.out('Not yet: this would be left behind.')
  for (const thing of left.things) cli.terminal.out(`  ${thing}`)
  return 'no'
}
