import { Command } from 'commander'
import { durationOf } from '../arguments.ts'
import { type Cli, fail } from '../cli.ts'
import type { Client } from '../client.ts'
import type { Exit } from '../exit-codes.ts'

type StatusOptions = { readonly cluster?: string; readonly json?: boolean }
type DisarmOptions = {
  readonly cluster?: string
  readonly for?: string
  readonly forGood?: boolean
  readonly mode: string
  readonly reason?: string
  readonly acceptQuorumLoss?: boolean
  readonly yes?: boolean
}

const TIMEOUT_MS = 60_000

export function nodeWatchdogCommand(cli: Cli): Command {
  const command = new Command('node-watchdog').description('the watchdog of a Proxmox node, by which it resets itself')
  command
    .command('status')
    .description('who holds it, who feeds it, what would reset the node now')
    .argument('<node>')
    .option('--cluster <name>', 'where several have a node of this name')
    .option('--json', 'as JSON')
    .action(async (node: string, options: StatusOptions) => cli.end(await status(cli, node, options)))
  command
    .command('disarm')
    .description('have HA of its cluster let go for a time, or stop the watchdog of the node for good')
    .argument('<node>')
    .option('--for <duration>', 'armed again after this, such as 2h, even after a crash')
    .option('--for-good', 'also stop watchdog-mux of the node and keep it from coming back; needs ssh')
    .option('--mode <mode>', 'what becomes of the services of HA: freeze or ignore', 'freeze')
    .option('--reason <text>', 'for the history')
    .option('--accept-quorum-loss', 'go on where a reset of the node by mistake would cost quorum')
    .option('--cluster <name>', 'where several have a node of this name')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  proxmox-watchdog node-watchdog disarm pve1 --for 2h --reason "new switch"')
    .action(async (node: string, options: DisarmOptions) => cli.end(await disarm(cli, node, options)))
  command
    .command('arm')
    .description('arm it again, and see that it is')
    .argument('<node>')
    .option('--cluster <name>', 'where several have a node of this name')
    .action(async (node: string, options: { cluster?: string }) => cli.end(await arm(cli, node, options.cluster)))
  return command
}

async function status(cli: Cli, node: string, { cluster, json }: StatusOptions): Promise<Exit> {
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const reply = await found.client.call('nodeWatchdog', { node, query: { cluster }, timeoutMs: TIMEOUT_MS })
  if (!reply.ok) return fail(cli, reply)
  if (json === true) {
    cli.terminal.out(JSON.stringify(reply.value, null, 2))
    return 'ok'
  }
  const { renderNodeWatchdog } = await import('../render/node-watchdog.ts')
  const { painter } = await import('../text/paint.ts')
  const canvas = { paint: painter(cli.terminal.colour), columns: cli.terminal.columns() }
  cli.terminal.out(renderNodeWatchdog(reply.value, canvas))
  return 'ok'
}

async function disarm(cli: Cli, node: string, options: DisarmOptions): Promise<Exit> {
  const { forGood = false, mode, cluster, reason } = options
  if (forGood === (options.for !== undefined)) {
    return fail(cli, { exit: 'usage', sentence: 'Say either for how long, as --for 2h, or --for-good.' })
  }
  if (mode !== 'freeze' && mode !== 'ignore') {
    return fail(cli, { exit: 'usage', sentence: '--mode is freeze or ignore.' })
  }
  const lasting = options.for === undefined ? undefined : await durationOf('--for', options.for)
  if (lasting?.ok === false) return fail(cli, lasting)
  const { confirm } = await import('../confirm.ts')
  const agreed = await confirm(cli, warning(node, forGood), options.yes === true)
  if (!agreed.ok) return fail(cli, agreed)
  return order(cli, node, cluster, 'disarmed', async (client, by) => {
    const body = {
      by,
      mode,
      acceptsQuorumLoss: options.acceptQuorumLoss === true,
      ...(cluster === undefined ? {} : { cluster }),
      ...(reason === undefined ? {} : { reason }),
      ...(lasting === undefined ? {} : { forMs: lasting.ms }),
    }
    return client.call('disarmNodeWatchdog', { node, body, timeoutMs: TIMEOUT_MS })
  })
}

function warning(node: string, forGood: boolean): string {
  const whole = `HA is disarmed for the whole cluster of ${node}, where it is in use: until it is armed again nothing is recovered when a node dies.`
  if (!forGood) return whole
  return `${whole} Besides, watchdog-mux of ${node} is stopped and masked: HA can run no service on it until it is armed again.`
}

async function arm(cli: Cli, node: string, cluster: string | undefined): Promise<Exit> {
  return order(cli, node, cluster, 'armed', async (client, by) => {
    const body = { by, ...(cluster === undefined ? {} : { cluster }) }
    return client.call('armNodeWatchdog', { node, body, timeoutMs: TIMEOUT_MS })
  })
}

type Answer = { readonly ok: boolean; readonly code: string; readonly sentence: string }
type Give = (
  client: Client,
  by: string,
) => Promise<
  { readonly ok: true; readonly value: Answer } | { readonly ok: false; readonly exit: Exit; readonly sentence: string }
>

async function order(
  cli: Cli,
  node: string,
  cluster: string | undefined,
  goal: 'armed' | 'disarmed',
  give: Give,
): Promise<Exit> {
  const { clientOf } = await import('../client.ts')
  const { who } = await import('../who.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const reply = await give(found.client, who(cli.env))
  if (!reply.ok) return fail(cli, reply)
  const { ok, code, sentence } = reply.value
  if (!ok) return fail(cli, { exit: 'no', sentence: `Refused: ${sentence}` })
  cli.terminal.out(sentence)
  if (code.startsWith('nothing-')) return 'ok'
  const { followNodeWatchdog } = await import('../follow-node-watchdog.ts')
  return followNodeWatchdog(cli, found.client, { node, goal, ...(cluster === undefined ? {} : { cluster }) })
}
