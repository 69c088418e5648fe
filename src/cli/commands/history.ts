import { Argument, Command, Option } from 'commander'
import { HISTORY_METRICS } from '../../core/history/metrics.ts'
import { windowOf } from '../../core/history/window.ts'
import { type Cli, fail } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'
import { localCalendar } from '../local-calendar.ts'

type Options = {
  readonly at?: string
  readonly from?: string
  readonly to?: string
  readonly max?: boolean
  readonly cluster?: string
  readonly ascii?: boolean
  readonly json?: boolean
}

const EXAMPLES = `
Times are in the time zone of this machine: 15:00 (the last time that it was), "yesterday 15:00", "2 days ago",
"monday 03:00", -2h, 2025-03-01, 2025-03-01T12:00, 2025-03-01T12:00Z. A day alone with --at is the whole day.

Examples:
  proxmox-watchdog history cpu
  proxmox-watchdog history cpu pve2 --at "yesterday 15:00"
  proxmox-watchdog history net 104 --from "monday 03:00" --to "monday 09:00"`

/** Longer than a node may take to answer. */
const TIMEOUT_MS = 40_000

export function historyCommand(cli: Cli): Command {
  return new Command('history')
    .description('how something was, from the data that Proxmox itself keeps, as a small chart')
    .addArgument(new Argument('<metric>', 'cpu, mem, disk, net or load').choices(HISTORY_METRICS))
    .argument('[target]', 'a node, a guest by number or name, or storage/NODE/NAME; without it the whole cluster')
    .option('--at <time>', 'around this time')
    .option('--from <time>', 'from this time')
    .option('--to <time>', 'to this time')
    .option('--max', 'the highest value of each interval, not its average')
    .option('--cluster <name>', 'of this cluster, where there are several')
    .option('--json', 'as JSON')
    .addOption(new Option('--ascii', 'draw with plain characters'))
    .addHelpText('after', EXAMPLES)
    .action(async (metric: string, target: string | undefined, options: Options) =>
      cli.end(await history(cli, metric, target, options)),
    )
}

async function history(cli: Cli, metric: string, target: string | undefined, options: Options): Promise<Exit> {
  const asked = windowOf(options, Date.now(), localCalendar)
  if (!asked.ok) return fail(cli, { exit: 'usage', sentence: asked.sentence })
  const { fromMs, toMs, atMs } = asked.window
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const query = {
    ...{ metric, target, cluster: options.cluster, cf: options.max === true ? 'MAX' : 'AVERAGE' },
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
  }
  const reply = await found.client.call('history', { query, timeoutMs: TIMEOUT_MS })
  if (!reply.ok) return fail(cli, reply)
  const { terminal } = cli
  if (options.json === true) {
    terminal.out(JSON.stringify(reply.value, null, 2))
    return 'ok'
  }
  const { renderHistory } = await import('../render/history.ts')
  const { painter } = await import('../text/paint.ts')
  const canvas = { paint: painter(terminal.colour), columns: terminal.columns() }
  const plain = options.ascii === true || !(await import('../text/encoding.ts')).drawsBlocks(cli.env)
  terminal.out(renderHistory(reply.value, { ...canvas, plain, ...(atMs === undefined ? {} : { atMs }) }))
  return 'ok'
}
