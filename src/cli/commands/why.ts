import { Command, InvalidArgumentError } from 'commander'
import type { RebootVerdictReport } from '../../api/reboots.ts'
import { type Cli, fail } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'

type Options = {
  readonly boot: number
  readonly json?: boolean
  readonly journal?: string
  readonly current?: string
  readonly netconsole?: string
}

/** The watchdog itself looks into it where nobody has. */
const TIMEOUT_MS = 30_000

const EPILOGUE = `
Ends with 0 where the cause is known, with 1 where the record does not tell it or there is none.

Examples:
  proxmox-watchdog why pve2
  proxmox-watchdog why home/pve2 --boot -2 --json
  journalctl -b -1 -o short-iso-precise > prev.txt; journalctl -b 0 -o short-iso-precise > cur.txt
  proxmox-watchdog why --journal prev.txt --current cur.txt --netconsole netconsole.log
  ssh root@pve2 journalctl -o short-iso-precise -S -2d | proxmox-watchdog why --journal -`

export function whyCommand(cli: Cli): Command {
  return new Command('why')
    .description('why a Proxmox node rebooted: the cause, the lines that show it, and what evidence is missing')
    .argument('[node]', 'its name, CLUSTER/NODE, or the host that it is')
    .option('--boot <number>', 'which reboot: -1 is the newest, -2 the one before', bootArgument, -1)
    .option('--journal <file>', 'no watchdog is asked: the journal of the boot that ended; - for standard input')
    .option('--current <file>', 'with --journal: the journal of the next boot')
    .option('--netconsole <file>', 'with --journal: what the kernel said by UDP')
    .option('--json', 'as JSON')
    .addHelpText('after', EPILOGUE)
    .action(async (node: string | undefined, options: Options) => cli.end(await why(cli, node, options)))
}

function bootArgument(text: string): number {
  const value = Number(text)
  if (/^-\d{1,2}$/.test(text) && value >= -50 && value <= -1) return value
  throw new InvalidArgumentError('A number from -1 (the newest) down to -50 is expected.')
}

async function why(cli: Cli, node: string | undefined, options: Options): Promise<Exit> {
  const { journal, current, netconsole } = options
  if (journal !== undefined) return judge(cli, node, { ...options, journal })
  if (current !== undefined || netconsole !== undefined) {
    return fail(cli, { exit: 'usage', sentence: '--current and --netconsole go with --journal.' })
  }
  if (node !== undefined) return ask(cli, node, options)
  return fail(cli, { exit: 'usage', sentence: 'Say which node, or name a file with --journal.' })
}

async function ask(cli: Cli, node: string, { boot, json }: Options): Promise<Exit> {
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const call = (query: { readonly boot?: number }) => {
    return found.client.call('reboots', { node, query, timeoutMs: TIMEOUT_MS })
  }
  const all = await call({})
  // What is not among them the watchdog itself says best.
  const reply = all.ok && !all.value.reboots.some((each) => each.boot === boot) ? await call({ boot }) : all
  if (!reply.ok) return fail(cli, reply)
  const reboot = reply.value.reboots.find((each) => each.boot === boot)
  if (reboot === undefined) return fail(cli, { exit: 'no', sentence: `No such reboot of ${node} is known.` })
  if (json === true) {
    const { reboots: _, ...about } = reply.value
    cli.terminal.out(JSON.stringify({ ...about, ...reboot }, null, 2))
    return exitOf(reboot)
  }
  const { renderWhy } = await import('../render/why.ts')
  cli.terminal.out(renderWhy(reply.value, boot, await canvasOf(cli)))
  return exitOf(reboot)
}

async function judge(
  cli: Cli,
  node: string | undefined,
  options: Options & { readonly journal: string },
): Promise<Exit> {
  const { judgeFiles } = await import('../judge-files.ts')
  const judged = judgeFiles(options, node)
  if (!judged.ok) return fail(cli, { exit: 'no', sentence: judged.sentence })
  const { verdict } = judged
  const report = { ...verdict, lines: [...verdict.lines], missing: [...verdict.missing], couldBe: [...verdict.couldBe] }
  if (options.json === true) cli.terminal.out(JSON.stringify({ node: judged.node, ...report }, null, 2))
  else {
    const { renderVerdict } = await import('../render/why.ts')
    cli.terminal.out(renderVerdict(judged.node, report, await canvasOf(cli)))
  }
  return exitOf(report)
}

async function canvasOf({ terminal }: Cli) {
  const { painter } = await import('../text/paint.ts')
  return { paint: painter(terminal.colour), columns: terminal.columns() }
}

function exitOf({ cause }: RebootVerdictReport): Exit {
  return cause === 'abrupt-undetermined' || cause === 'cannot-tell' ? 'no' : 'ok'
}
