import type { DrillLeg } from '../../api/alerting.ts'
import { type Cli, fail } from '../cli.ts'
import { clientOf, type Reply } from '../client.ts'
import type { Exit } from '../exit-codes.ts'
import { legsTable } from '../render/alerts-legs.ts'
import { painter } from '../text/paint.ts'

type Options = { readonly channel?: string; readonly json?: boolean }

/** A leg through Alertmanager waits for its group, and a slow channel for its turn. */
const PATIENCE_MS = 15 * 60_000

export async function testChannels(cli: Cli, { channel, json }: Options): Promise<Exit> {
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const reply = await found.client.call('testChannels', { body: { channel }, timeoutMs: PATIENCE_MS })
  return tell(cli, reply, json, 'took it')
}

export async function drill(cli: Cli, { channel, json }: Options): Promise<Exit> {
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  if (cli.terminal.interactive && json !== true) {
    cli.terminal.err('The canary is on its way; through Alertmanager that takes minutes.')
  }
  const reply = await found.client.call('drill', { body: { channel }, timeoutMs: PATIENCE_MS })
  return tell(cli, reply, json, 'worked')
}

function tell(
  cli: Cli,
  reply: Reply<{ readonly ok: boolean; readonly legs: readonly DrillLeg[] }>,
  json: boolean | undefined,
  well: string,
): Exit {
  if (!reply.ok) return fail(cli, reply)
  const { terminal } = cli
  const { ok, legs } = reply.value
  if (json === true) terminal.out(JSON.stringify(reply.value, null, 2))
  else {
    const failed = legs.filter((leg) => !leg.ok).length
    const sum = failed === 0 ? `All ${legs.length} ${well}.` : `${failed} of ${legs.length} failed.`
    const paint = painter(terminal.colour)
    terminal.out([...legsTable(legs, paint), '', paint(ok ? 'green' : 'red', sum)].join('\n'))
  }
  return ok ? 'ok' : 'no'
}
