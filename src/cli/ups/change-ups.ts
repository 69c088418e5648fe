import { type Cli, fail } from '../cli.ts'
import { confirm } from '../confirm.ts'
import type { Exit } from '../exit-codes.ts'
import { unitOf } from './unit-of.ts'

/** The driver may take its time to say that it has taken it. */
const TIMEOUT_MS = 40_000

/** `ups set`: a variable of a UPS. */
export async function setUpsVariable(
  cli: Cli,
  variable: string,
  value: string,
  options: { readonly ups?: string },
): Promise<Exit> {
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const which = await unitOf(found.client, options.ups)
  if (!which.ok) return fail(cli, which)
  const body = { ups: which.name, variable, value }
  const reply = await found.client.call('upsSet', { body, timeoutMs: TIMEOUT_MS })
  if (!reply.ok) return fail(cli, reply)
  if (!reply.value.ok) return fail(cli, { exit: 'no', sentence: reply.value.sentence })
  cli.terminal.out(reply.value.sentence)
  return 'ok'
}

/** `ups fsd`: everybody who watches the UPS goes down now. */
export async function forceUpsShutdown(
  cli: Cli,
  ups: string | undefined,
  options: { readonly yes?: boolean },
): Promise<Exit> {
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const which = await unitOf(found.client, ups)
  if (!which.ok) return fail(cli, which)
  const what = `Everything on UPS ${which.name} is shut down now, mains or not: by the plan, and by every upsmon that watches it. Its primary may then cut the power. FSD stays until upsd is restarted.`
  const agreed = await confirm(cli, what, options.yes === true)
  if (!agreed.ok) return fail(cli, agreed)
  const reply = await found.client.call('upsForce', { body: { ups: which.name }, timeoutMs: TIMEOUT_MS })
  if (!reply.ok) return fail(cli, reply)
  if (!reply.value.ok) return fail(cli, { exit: 'no', sentence: reply.value.sentence })
  cli.terminal.out(reply.value.sentence)
  return 'ok'
}
