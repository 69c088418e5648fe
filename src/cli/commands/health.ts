import { Command } from 'commander'
import { type Cli, fail } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'

export function healthCommand(cli: Cli): Command {
  return new Command('health')
    .description('whether the watchdog itself is well; ends with 0 only if it is')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => cli.end(await health(cli, options)))
}

async function health(cli: Cli, options: { readonly json?: boolean }): Promise<Exit> {
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const reply = await found.client.call('health')
  if (!reply.ok) return fail(cli, reply)
  const { value } = reply
  const well = value.live && value.ready
  if (options.json === true) {
    cli.terminal.out(JSON.stringify(value, null, 2))
    return well ? 'ok' : 'no'
  }
  const { span } = await import('../text/span.ts')
  const last = value.lastRound === undefined ? 'no round yet' : `last round ${span(value.lastRound.agoMs)} ago`
  const lag = `${Math.round(value.loopLagMs)} ms late`
  const words = well ? 'Healthy' : value.live ? 'Alive, not ready' : 'Unhealthy'
  cli.terminal.out(`${words}: ${value.rounds} rounds, ${value.lateRounds} of them late; ${last}, ${lag}.`)
  for (const reason of value.reasons) cli.terminal.out(`  ${reason}`)
  return well ? 'ok' : 'no'
}
