import { Command } from 'commander'
import type { UpsAnswer } from '../../api/ups.ts'
import { type Cli, fail } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'
import type { Canvas } from '../render/status.ts'

type Options = { readonly json?: boolean }

const NOTIFY_TIMEOUT_MS = 5_000

const NOTIFY_EPILOGUE = `
For upsmon.conf: NOTIFYCMD "/usr/bin/proxmox-watchdog ups notify". What upsmon says is not believed: each UPS is looked at
now instead of a moment later. Without a running watchdog it ends with 5.`

export function upsCommand(cli: Cli): Command {
  const ups = new Command('ups').description('UPSes, and what is done in a power failure')
  ups
    .command('status')
    .description('each UPS, and the power failure that is not over')
    .option('--json', 'as JSON')
    .action(async (options: Options) => cli.end(await show(cli, options, 'renderUps')))
  ups
    .command('history')
    .description('the reports of power failures that are over')
    .option('--json', 'as JSON')
    .action(async (options: Options) => cli.end(await show(cli, options, 'renderUpsHistory')))
  ups
    .command('notify')
    .description('look at each UPS now; a NOTIFYCMD for upsmon')
    .argument('[message...]', 'what upsmon says')
    .addHelpText('after', NOTIFY_EPILOGUE)
    .action(async () => cli.end(await notify(cli)))
  return ups
}

async function show(cli: Cli, options: Options, how: 'renderUps' | 'renderUpsHistory'): Promise<Exit> {
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const reply = await found.client.call('ups')
  if (!reply.ok) return fail(cli, reply)
  cli.terminal.out(options.json === true ? JSON.stringify(reply.value, null, 2) : await rendered(cli, reply.value, how))
  return 'ok'
}

async function rendered(cli: Cli, answer: UpsAnswer, how: 'renderUps' | 'renderUpsHistory'): Promise<string> {
  const render = await import('../render/ups.ts')
  const { painter } = await import('../text/paint.ts')
  const canvas: Canvas = { paint: painter(cli.terminal.colour), columns: cli.terminal.columns() }
  return render[how](answer, canvas)
}

async function notify(cli: Cli): Promise<Exit> {
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const reply = await found.client.call('lookAtUps', { timeoutMs: NOTIFY_TIMEOUT_MS })
  return reply.ok ? 'ok' : fail(cli, reply)
}
