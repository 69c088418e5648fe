import { durationOf } from '../arguments.ts'
import { type Cli, fail } from '../cli.ts'
import { clientOf, type Reply } from '../client.ts'
import type { Exit } from '../exit-codes.ts'
import { tame } from '../text/paint.ts'
import { who } from '../who.ts'

type Answer = { readonly ok: boolean; readonly sentence: string }

export async function acknowledge(cli: Cli, id: number, options: { readonly comment?: string }): Promise<Exit> {
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  return tell(cli, await found.client.call('acknowledge', { id, body: { by: who(cli.env), comment: options.comment } }))
}

export async function silence(
  cli: Cli,
  matchers: readonly string[],
  options: { readonly for: string; readonly comment?: string },
): Promise<Exit> {
  const lasting = await durationOf('--for', options.for)
  if (!lasting.ok) return fail(cli, lasting)
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const body = { by: who(cli.env), matchers, forMs: lasting.ms, comment: options.comment }
  const reply = await found.client.call('silence', { body })
  const id = reply.ok && reply.value.ok ? reply.value.id : undefined
  return tell(cli, reply, id === undefined ? '' : ` \`alerts unsilence ${id}\` ends it.`)
}

export async function unsilence(cli: Cli, id: number): Promise<Exit> {
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  return tell(cli, await found.client.call('endSilence', { id, body: { by: who(cli.env) } }))
}

export async function replay(
  cli: Cli,
  ids: readonly number[],
  { channel, all }: { readonly channel?: string; readonly all?: boolean },
): Promise<Exit> {
  const ways = [ids.length > 0, channel !== undefined, all === true].filter((given) => given).length
  if (ways !== 1) {
    const sentence = 'Say which: numbers from `alerts dead`, --channel NAME, or --all; one of the three.'
    return fail(cli, { exit: 'usage', sentence })
  }
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const body = { by: who(cli.env), channel, ids: ids.length > 0 ? ids : undefined }
  return tell(cli, await found.client.call('replay', { body }))
}

/** What the watchdog said may hold words of others, such as the name of an alert. */
function tell(cli: Cli, reply: Reply<Answer>, more = ''): Exit {
  if (!reply.ok) return fail(cli, reply)
  if (!reply.value.ok) return fail(cli, { exit: 'no', sentence: `Refused: ${tame(reply.value.sentence)}` })
  cli.terminal.out(`${tame(reply.value.sentence)}${more}`)
  return 'ok'
}
