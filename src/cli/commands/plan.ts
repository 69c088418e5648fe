import { Command } from 'commander'
import { type Cli, fail } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'

export function planCommand(cli: Cli): Command {
  return new Command('plan')
    .description('what the watchdog would do in a situation, offline: nothing is asked and nothing is switched')
    .argument('<file>', 'a situation as `state export` writes it; - for standard input')
    .option('--json', 'the whole plan for programs')
    .addHelpText(
      'after',
      '\nExamples:\n  proxmox-watchdog state export night.json && proxmox-watchdog plan night.json\n  proxmox-watchdog state export | proxmox-watchdog plan -',
    )
    .action(async (file: string, options: { readonly json?: boolean }) => cli.end(await plan(cli, file, options)))
}

async function plan(cli: Cli, file: string, { json }: { readonly json?: boolean }): Promise<Exit> {
  const { parseSituation } = await import('../../api/situation.ts')
  const { planSituation } = await import('../../core/plan/plan.ts')
  const read = await readJson(file)
  if ('sentence' in read) return fail(cli, { exit: 'no', sentence: read.sentence })
  const parsed = parseSituation(read.value)
  if (!parsed.ok) {
    const sentence = `${file} is no situation of this version of the watchdog:\n  ${parsed.sentences.join('\n  ')}`
    return fail(cli, { exit: 'no', sentence })
  }
  const result = planSituation(parsed.situation)
  if (json === true) {
    cli.terminal.out(JSON.stringify(result, null, 2))
    return 'ok'
  }
  const { renderPlan } = await import('../render/plan.ts')
  const { painter } = await import('../text/paint.ts')
  cli.terminal.out(renderPlan(result, { paint: painter(cli.terminal.colour), columns: cli.terminal.columns() }))
  return 'ok'
}

async function readJson(file: string): Promise<{ readonly value: unknown } | { readonly sentence: string }> {
  const { readFileSync } = await import('node:fs')
  let text: string
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    return { sentence: `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).` }
  }
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { sentence: `${file} is no JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}
