import { type Cli, fail } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'
import { foretold } from './foretold.ts'
import type { PlanOptions } from './plan-power-failure.ts'
import { canvasOf, situationNow } from './situation-of.ts'

/** Each node may be looked at from inside, and each API asked. */
const TIMEOUT_MS = 120_000

/** `ups rehearse`: every part of the plan is asked for real whether it could be done; then what would happen when. */
export async function rehearsePowerFailure(cli: Cli, options: PlanOptions): Promise<Exit> {
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const rehearsed = await found.client.call('rehearseUps', { timeoutMs: TIMEOUT_MS })
  if (!rehearsed.ok) return fail(cli, rehearsed)
  const now = await situationNow(found.client)
  if (!now.ok) return fail(cli, now)
  const plan = await foretold(now.situation, options)
  if (!plan.ok) return fail(cli, plan)
  const { parts } = rehearsed.value
  const { forecast, risks } = plan
  if (options.json === true) cli.terminal.out(JSON.stringify({ parts, plan: { ...forecast, risks } }, null, 2))
  else {
    const canvas = await canvasOf(cli)
    const { renderRehearsal } = await import('../render/ups-rehearsal.ts')
    const { renderUpsPlan } = await import('../render/ups-plan.ts')
    // What is in the way stands among the parts already.
    cli.terminal.out(`${renderRehearsal(parts, canvas)}\n\n${renderUpsPlan(forecast, [], canvas)}`)
  }
  return parts.some(({ result }) => result === 'failed') ? 'no' : plan.exit
}
