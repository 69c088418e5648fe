import type { OrderRequest } from '../api/orders.ts'
import type { Status } from '../api/status.ts'
import { durationOf } from './arguments.ts'
import { type Cli, fail } from './cli.ts'
import { type Client, clientOf, type Reply } from './client.ts'
import { confirm } from './confirm.ts'
import type { Exit } from './exit-codes.ts'
import { followOrder } from './follow-order.ts'
import { foretell } from './foretell.ts'
import type { Wanted } from './progress.ts'
import { subjectOf } from './subject.ts'
import { who } from './who.ts'

export type SwitchOptions = {
  readonly yes?: boolean
  readonly protected?: boolean
  readonly reason: string
  readonly for?: string
  readonly untilReleased?: boolean
  readonly hold?: string
}

type Times = { readonly untilMs?: number | 'release'; readonly holdMs?: number }

/** Says what will happen, asks, orders it, and tells each step until the end. */
export async function switchOutlet(cli: Cli, wanted: Wanted, target: string, options: SwitchOptions): Promise<Exit> {
  const times = await timesOf(wanted, options)
  if (!times.ok) return fail(cli, times)
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const { client } = found
  const status = await client.call('status')
  if (!status.ok) return fail(cli, status)
  const subject = subjectOf(status.value, target)
  if (subject === undefined) return fail(cli, { exit: 'no', sentence: unknownTarget(status.value, target) })
  const agreed = await confirm(
    cli,
    foretell(status.value, subject, wanted, { ...times.value, protected: options.protected }),
    options.yes === true,
  )
  if (!agreed.ok) return fail(cli, agreed)
  const afterId = await newestId(client)
  if (!afterId.ok) return fail(cli, afterId)
  const reply = await client.call('orders', { body: orderOf(cli, wanted, target, options, times.value) })
  if (!reply.ok) return fail(cli, reply)
  if (!reply.value.ok) return fail(cli, { exit: 'no', sentence: `Refused: ${reply.value.sentence}` })
  cli.terminal.out(reply.value.sentence)
  return followOrder(cli, client, { subject, wanted, plan: reply.value.intent, afterId: afterId.value })
}

async function timesOf(wanted: Wanted, options: SwitchOptions): Promise<Reply<Times>> {
  const wrong = (sentence: string) => ({ ok: false as const, exit: 'usage' as const, sentence })
  if (wanted === 'off') {
    if ((options.for === undefined) === (options.untilReleased !== true)) {
      return wrong('Say how long it stays off: --for 2h, or --until-released; one of the two.')
    }
    if (options.for === undefined) return { ok: true, value: { untilMs: 'release' } }
    const lasting = await durationOf('--for', options.for)
    return lasting.ok ? { ok: true, value: { untilMs: lasting.ms } } : lasting
  }
  if (options.hold === undefined) return { ok: true, value: {} }
  const hold = await durationOf('--hold', options.hold)
  return hold.ok ? { ok: true, value: { holdMs: hold.ms } } : hold
}

function orderOf(cli: Cli, wanted: Wanted, target: string, options: SwitchOptions, times: Times): OrderRequest {
  return {
    by: who(cli.env),
    order: 'switch',
    target,
    goal: wanted === 'verify' ? 'cycle' : wanted,
    reason: options.reason,
    protected: options.protected === true,
    verify: wanted === 'verify' ? true : undefined,
    ...times,
  }
}

function unknownTarget(status: Status, target: string): string {
  const hosts = status.hosts.filter(({ watchedOnly }) => !watchedOnly).map(({ name }) => name)
  const known =
    hosts.length === 0 ? 'no host has a power device' : `hosts with a power device: ${hosts.slice(0, 20).join(', ')}`
  return `Neither a host nor an outlet (DEVICE/OUTLET) is called ${target}; ${known}. \`outlets list\` shows all outlets.`
}

async function newestId(client: Client): Promise<Reply<number>> {
  const reply = await client.call('events', { query: { limit: 1 } })
  return reply.ok ? { ok: true, value: reply.value.events[0]?.id ?? 0 } : reply
}
