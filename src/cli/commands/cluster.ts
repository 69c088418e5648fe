import { Command } from 'commander'
import type { Clusters } from '../../api/cluster.ts'
import { type Cli, fail } from '../cli.ts'
import type { Client, Reply } from '../client.ts'
import type { Exit } from '../exit-codes.ts'

type Options = { readonly watch?: boolean; readonly json?: boolean }

export function clusterCommand(cli: Cli): Command {
  return new Command('cluster')
    .description(
      'a Proxmox cluster on one screen: nodes, quorum and its margin, HA, guests, storage, replication, tasks',
    )
    .argument('[name]', 'only this one')
    .option('-w, --watch', 'draw again every second, until Ctrl-C')
    .option('--json', 'as JSON; with --watch one line for each look')
    .addHelpText('after', '\nExamples:\n  proxmox-watchdog cluster\n  proxmox-watchdog cluster home --watch')
    .action(async (name: string | undefined, options: Options) => cli.end(await cluster(cli, name, options)))
}

async function cluster(cli: Cli, name: string | undefined, options: Options): Promise<Exit> {
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const draw = await drawing(cli, options)
  if (options.watch === true) return watch(cli, found.client, name, draw)
  const reply = await asked(found.client, name)
  if (!reply.ok) return fail(cli, reply)
  cli.terminal.out(draw(reply.value, cli.terminal.columns()))
  return 'ok'
}

type Draw = (clusters: Clusters, columns: number) => string

async function drawing({ terminal }: Cli, { json, watch: again }: Options): Promise<Draw> {
  if (json === true) return (value) => JSON.stringify(value, null, again === true ? undefined : 2)
  const { renderCluster } = await import('../render/cluster.ts')
  const { painter } = await import('../text/paint.ts')
  const paint = painter(terminal.colour)
  return ({ clusters }, columns) => clusters.map((each) => renderCluster(each, { paint, columns })).join('\n\n\n')
}

async function asked(client: Client, name: string | undefined): Promise<Reply<Clusters>> {
  const reply = await client.call('clusters')
  if (!reply.ok) return reply
  const all = reply.value.clusters
  const clusters = name === undefined ? all : all.filter((each) => each.name === name || each.ownName === name)
  if (clusters.length > 0) return { ok: true, value: { clusters } }
  const { noSuchCluster } = await import('../no-such-cluster.ts')
  return noSuchCluster(all, name)
}

/** A watchdog that is away is told and waited for. */
async function watch(cli: Cli, client: Client, name: string | undefined, draw: Draw): Promise<Exit> {
  const { redraw } = await import('../redraw.ts')
  await redraw(cli, async (columns) => {
    const reply = await asked(client, name)
    return reply.ok ? draw(reply.value, columns) : reply.sentence
  })
  return 'ok'
}
