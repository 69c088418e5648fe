import { Command } from 'commander'
import type { Guest, Guests } from '../../api/guests.ts'
import { type Cli, fail } from '../cli.ts'
import type { Client, Failure, Reply } from '../client.ts'
import type { Exit } from '../exit-codes.ts'

type Options = {
  readonly cluster?: string
  readonly all?: boolean
  readonly node?: string
  readonly tag?: string
  readonly down?: boolean
  readonly json?: boolean
}

export function guestsCommand(cli: Cli): Command {
  return new Command('guests')
    .description('the guests of the Proxmox clusters: where they run, whether they should, locks, HA, tags, backups')
    .option('--cluster <name>', 'only of this cluster')
    .option('--all', 'templates, too')
    .option('--node <name>', 'only on this node')
    .option('--tag <tag>', 'only with this tag')
    .option('--down', 'only those that do not run, and those of which nobody knows')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  proxmox-watchdog guests --down\n  proxmox-watchdog guests --node pve2 --tag prod',
    )
    .action(async (options: Options) => cli.end(await guests(cli, options)))
}

async function guests(cli: Cli, options: Options): Promise<Exit> {
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const reply = await everywhere(found.client, options.cluster)
  if (!reply.ok) return fail(cli, reply)
  const shown = reply.value.map((each) => ({ ...each, guests: each.guests.filter((guest) => fits(guest, options)) }))
  await show(cli, shown, options)
  return 'ok'
}

async function everywhere(client: Client, only: string | undefined): Promise<Reply<readonly Guests[]>> {
  const known = await client.call('clusters')
  if (!known.ok) return known
  const all = known.value.clusters
  const wanted = only === undefined ? all : all.filter(({ name, ownName }) => name === only || ownName === only)
  if (wanted.length === 0) {
    const { noSuchCluster } = await import('../no-such-cluster.ts')
    return noSuchCluster(all, only)
  }
  const replies = await Promise.all(wanted.map(({ name }) => client.call('guests', { cluster: name })))
  const failed = replies.find((reply): reply is Failure => !reply.ok)
  return failed ?? { ok: true, value: replies.flatMap((reply) => (reply.ok ? [reply.value] : [])) }
}

function fits(guest: Guest, { all, node, tag, down }: Options): boolean {
  return (
    (all === true || !guest.template) &&
    (node === undefined || guest.node === node) &&
    (tag === undefined || guest.tags.includes(tag)) &&
    (down !== true || (!guest.template && guest.running !== true))
  )
}

async function show({ terminal }: Cli, clusters: readonly Guests[], { json }: Options): Promise<void> {
  if (json === true) {
    terminal.out(JSON.stringify({ clusters }, null, 2))
    return
  }
  const { renderGuests } = await import('../render/guests.ts')
  const { painter } = await import('../text/paint.ts')
  terminal.out(renderGuests(clusters, painter(terminal.colour)))
}
