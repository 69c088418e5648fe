import { Command } from 'commander'
import { type Cli, fail } from '../cli.ts'
import type { Client } from '../client.ts'
import type { Exit } from '../exit-codes.ts'

type Options = { readonly watch?: boolean; readonly json?: boolean }

export function statusCommand(cli: Cli): Command {
  return new Command('status')
    .description('everything at a glance: hosts, outlets, what is being done, what happened last')
    .option('-w, --watch', 'draw again every second, until Ctrl-C')
    .option('--json', 'as JSON; with --watch one line for each look')
    .addHelpText(
      'after',
      '\nExamples:\n  proxmox-watchdog status --watch\n  proxmox-watchdog status --json | jq .hosts[].verdict',
    )
    .action(async (options: Options) => cli.end(await status(cli, options)))
}

async function status(cli: Cli, options: Options): Promise<Exit> {
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  if (options.watch === true) return watch(cli, found.client, options)
  const reply = await found.client.call('status')
  if (!reply.ok) return fail(cli, reply)
  if (options.json === true) {
    cli.terminal.out(JSON.stringify(reply.value, null, 2))
    return 'ok'
  }
  const { renderStatus } = await import('../render/status.ts')
  const { painter } = await import('../text/paint.ts')
  const { terminal } = cli
  terminal.out(renderStatus(reply.value, { paint: painter(terminal.colour), columns: terminal.columns() }))
  return 'ok'
}

/** A watchdog that is away is told and waited for: it is being restarted, and that is when one watches. */
async function watch(cli: Cli, client: Client, options: Options): Promise<Exit> {
  const { redraw } = await import('../redraw.ts')
  const { renderStatus } = await import('../render/status.ts')
  const { painter } = await import('../text/paint.ts')
  const paint = painter(cli.terminal.colour)
  await redraw(cli, async (columns) => {
    const reply = await client.call('status')
    if (options.json === true) return JSON.stringify(reply.ok ? reply.value : { error: reply.sentence })
    return reply.ok ? renderStatus(reply.value, { paint, columns }) : paint('red', reply.sentence)
  })
  return 'ok'
}
