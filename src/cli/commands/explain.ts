import { Command } from 'commander'
import { type Cli, fail } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'

export function explainCommand(cli: Cli): Command {
  return new Command('explain')
    .description('why a host stands where it stands: evidence, every guard, and what happens next and when')
    .argument('<host>')
    .option('--json', 'as JSON')
    .action(async (host: string, options: { json?: boolean }) => cli.end(await explain(cli, host, options)))
}

async function explain(cli: Cli, host: string, options: { readonly json?: boolean }): Promise<Exit> {
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const reply = await found.client.call('host', { host })
  if (!reply.ok) return fail(cli, reply)
  const { terminal } = cli
  if (options.json === true) {
    terminal.out(JSON.stringify(reply.value, null, 2))
    return 'ok'
  }
  const { renderExplanation } = await import('../render/explain.ts')
  const { painter } = await import('../text/paint.ts')
  terminal.out(renderExplanation(reply.value, { paint: painter(terminal.colour), columns: terminal.columns() }))
  return 'ok'
}
