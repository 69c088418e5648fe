import { Command } from 'commander'
import type { UpsAnswer } from '../../api/ups.ts'
import { type Cli, fail } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'
import type { Canvas } from '../render/status.ts'
import type { PlanOptions } from '../ups/plan-power-failure.ts'
import type { TestOptions } from '../ups/test-battery.ts'

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
  addPlan(ups, cli)
  addRehearse(ups, cli)
  addTest(ups, cli)
  addChanging(ups, cli)
  ups
    .command('notify')
    .description('look at each UPS now; a NOTIFYCMD for upsmon')
    .argument('[message...]', 'what upsmon says')
    .addHelpText('after', NOTIFY_EPILOGUE)
    .action(async () => cli.end(await notify(cli)))
  return ups
}

const PLAN_EPILOGUE = `
The code that decides in a real power failure plays it through, with the measured times; nothing is asked and nothing is
done. Ends with 1 where something is in the way, or a host would lose its power while it runs.

Examples:
  proxmox-watchdog ups plan
  proxmox-watchdog ups plan --mains-back-after 6m
  proxmox-watchdog ups plan --runtime 8m          what if the battery lasted for 8 minutes
  proxmox-watchdog state export now.json && proxmox-watchdog ups plan now.json`

function supposing(command: Command): Command {
  return command
    .option('--ups <name...>', 'only these fail; without it all')
    .option('--mains-back-after <duration>', 'mains is back after this; without it once everything is down')
    .option('--runtime <duration>', 'what the batteries have left')
    .option('--json', 'as JSON')
}

function addPlan(ups: Command, cli: Cli): void {
  supposing(ups.command('plan'))
    .description('what would be done when if mains failed now, or how the power failure goes on')
    .argument('[file]', 'a situation as `state export` writes it; - for standard input')
    .addHelpText('after', PLAN_EPILOGUE)
    .action(async (file: string | undefined, options: PlanOptions) => {
      const { planPowerFailure } = await import('../ups/plan-power-failure.ts')
      cli.end(await planPowerFailure(cli, file, options))
    })
}

function addRehearse(ups: Command, cli: Cli): void {
  supposing(ups.command('rehearse'))
    .description('ask each UPS, API, shell and outlet whether its part of the plan could be done, and do nothing')
    .addHelpText('after', '\nEnds with 1 where a part could not be done.')
    .action(async (options: PlanOptions) => {
      const { rehearsePowerFailure } = await import('../ups/rehearse-power-failure.ts')
      cli.end(await rehearsePowerFailure(cli, options))
    })
}

function addTest(ups: Command, cli: Cli): void {
  ups
    .command('test')
    .description('let a UPS test its battery')
    .argument('[ups]', 'which one, where there are several')
    .option('--deep', 'until the battery is low')
    .option('--stop', 'end a test')
    .option('--yes', 'do not ask')
    .action(async (name: string | undefined, options: TestOptions) => {
      const { testBattery } = await import('../ups/test-battery.ts')
      cli.end(await testBattery(cli, name, options))
    })
}

function addChanging(ups: Command, cli: Cli): void {
  ups
    .command('set')
    .description('set what a UPS lets be set, such as battery.charge.low')
    .argument('<variable>')
    .argument('<value>')
    .option('--ups <name>', 'which one, where there are several')
    .addHelpText('after', '\nThe login needs `actions = SET` in upsd.users.')
    .action(async (variable: string, value: string, options: { readonly ups?: string }) => {
      const { setUpsVariable } = await import('../ups/change-ups.ts')
      cli.end(await setUpsVariable(cli, variable, value, options))
    })
  ups
    .command('fsd')
    .description('say at upsd that everything on a UPS has to shut down now')
    .argument('[ups]', 'which one, where there are several')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nThe login needs `upsmon primary` or `actions = FSD` in upsd.users.')
    .action(async (name: string | undefined, options: { readonly yes?: boolean }) => {
      const { forceUpsShutdown } = await import('../ups/change-ups.ts')
      cli.end(await forceUpsShutdown(cli, name, options))
    })
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
