import { Command } from 'commander'
import type { Event } from '../../api/events.ts'
import { durationOf, numberArgument } from '../arguments.ts'
import { type Cli, fail } from '../cli.ts'
import type { Client } from '../client.ts'
import type { Exit } from '../exit-codes.ts'

type Options = {
  readonly host?: string
  readonly code?: string
  readonly since?: string
  readonly limit: number
  readonly follow?: boolean
  readonly json?: boolean
}

const MAX_EVENTS = 1000
const RETRY_MS = 1_000

export function eventsCommand(cli: Cli): Command {
  return new Command('events')
    .description('what happened, and why')
    .option('--host <host>', 'only of this host')
    .option('--code <code>', 'only with this code, such as cycle-begun (docs/codes.md)')
    .option('--since <time>', 'only from then on: 2h ago, or a time such as 2025-03-01T12:00')
    .option('--limit <count>', 'at most so many', numberArgument(1, MAX_EVENTS), 50)
    .option('-f, --follow', 'go on with what happens, until Ctrl-C')
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      '\nExamples:\n  proxmox-watchdog events --host pve2 --since 2h\n  proxmox-watchdog events --follow',
    )
    .action(async (options: Options) => cli.end(await events(cli, options)))
}

async function events(cli: Cli, options: Options): Promise<Exit> {
  const since = await sinceOf(options.since)
  if (!since.ok) return fail(cli, since)
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const show = await showing(cli, options)
  const { host, code, limit } = options
  const reply = await found.client.call('events', { query: { host, code, limit, since: since.at } })
  if (!reply.ok) return fail(cli, reply)
  for (const event of reply.value.events) show(event)
  return options.follow === true ? follow(cli, found.client, options, reply.value.events.at(-1)?.id, show) : 'ok'
}

async function showing(cli: Cli, options: Options): Promise<(event: Event) => void> {
  const { terminal } = cli
  if (options.json === true) return (event) => terminal.out(JSON.stringify(event))
  const { eventLine } = await import('../render/events.ts')
  const { painter } = await import('../text/paint.ts')
  const paint = painter(terminal.colour)
  return (event) => terminal.out(eventLine(event, paint))
}

/** Reconnects for as long as it takes: what happens while the watchdog is restarted is told when it is back. */
async function follow(
  cli: Cli,
  client: Client,
  { host, code }: Options,
  last: number | undefined,
  show: (event: Event) => void,
): Promise<Exit> {
  const { readEvents } = await import('../event-reader.ts')
  const { interruption, pause } = await import('../interruption.ts')
  const stop = interruption()
  let after = last ?? (await newestId(client))
  let told = false
  const handlers = {
    opened: () => {
      told = false
    },
    event: (event: Event) => {
      after = event.id ?? after
      show(event)
    },
  }
  while (!stop.aborted) {
    const end = await readEvents(client.path, { host, code, after }, handlers, stop)
    if (stop.aborted) break
    if (!told && !end.ok) cli.terminal.err(`${end.sentence} Waiting for it.`)
    told = told || !end.ok
    await pause(RETRY_MS, stop)
  }
  return 'ok'
}

/** Where a filter matched nothing yet, following begins after the newest event there is. */
async function newestId(client: Client): Promise<number | undefined> {
  const reply = await client.call('events', { query: { limit: 1 } })
  return reply.ok ? (reply.value.events[0]?.id ?? 0) : undefined
}

async function sinceOf(text: string | undefined) {
  if (text === undefined) return { ok: true as const, at: undefined }
  const ago = await durationOf('--since', text)
  if (ago.ok) return { ok: true as const, at: new Date(Date.now() - ago.ms).toISOString() }
  const at = Date.parse(text)
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(at)) return { ok: true as const, at: new Date(at).toISOString() }
  const sentence = `--since ${text}: a duration such as 2h, or a time such as 2025-03-01T12:00, is expected.`
  return { ok: false as const, exit: 'usage' as const, sentence }
}
