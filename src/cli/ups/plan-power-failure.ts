import { type Cli, fail } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'
import { foretold } from './foretold.ts'
import { canvasOf, type SupposeOptions, situationInFile, situationNow } from './situation-of.ts'

export type PlanOptions = SupposeOptions & { readonly json?: boolean }

/** `ups plan`: what would be done when, by the code that decides, on the situation as it is now or in a file. */
export async function planPowerFailure(cli: Cli, file: string | undefined, options: PlanOptions): Promise<Exit> {
  const found = file === undefined ? await fromWatchdog(cli) : await situationInFile(file)
  if (!found.ok) return fail(cli, found)
  const plan = await foretold(found.situation, options)
  if (!plan.ok) return fail(cli, plan)
  const { forecast, risks } = plan
  if (options.json === true) cli.terminal.out(JSON.stringify({ ...forecast, risks }, null, 2))
  else {
    const { renderUpsPlan } = await import('../render/ups-plan.ts')
    cli.terminal.out(renderUpsPlan(forecast, risks, await canvasOf(cli)))
  }
  return plan.exit
}

async function fromWatchdog(cli: Cli) {
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  return found.ok ? situationNow(found.client) : found
}
