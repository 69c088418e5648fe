import { Command } from 'commander'
import { type Cli, fail } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'

export function configCommand(cli: Cli): Command {
  const config = new Command('config').description('the configuration: what is wrong, what is risky, what is in force')
  config
    .command('check')
    .description('say what is wrong or risky; ends with 0 only if nothing is wrong')
    .argument('[file]', 'without it --config, or the file that the watchdog would use')
    .option('--strict', 'take risks for mistakes')
    .action(async (file: string | undefined, options: { strict?: boolean }) => cli.end(await check(cli, file, options)))
  config
    .command('show')
    .description('what would be in force, file and environment together, with every default; secrets as references')
    .argument('[file]')
    .action(async (file: string | undefined) => cli.end(await show(cli, file)))
  config
    .command('schema')
    .description('the JSON Schema of the file, for editors')
    .action(async () => {
      const { schemaText } = await import('../../app/configuration/texts.ts')
      cli.terminal.raw(schemaText())
      cli.end('ok')
    })
  config
    .command('reload')
    .description('have the running watchdog read its configuration again, as SIGHUP does')
    .action(async () => cli.end(await reload(cli)))
  return config
}

async function load(cli: Cli, file: string | undefined) {
  const { loadConfiguration } = await import('../../app/configuration/load.ts')
  const named = file ?? cli.globals().config
  return loadConfiguration({ env: cli.env, ...(named === undefined ? {} : { file: named }) })
}

async function check(cli: Cli, file: string | undefined, options: { readonly strict?: boolean }): Promise<Exit> {
  const { terminal } = cli
  const loaded = await load(cli, file)
  if (!loaded.ok) {
    const { formatProblems } = await import('../../config/problem.ts')
    return fail(cli, { exit: 'configuration', sentence: formatProblems(loaded.problems) })
  }
  const { risks } = await import('../../config/risks/risks.ts')
  const { lookAround } = await import('../../app/configuration/surroundings.ts')
  const { configuration, warnings } = loaded
  const found = risks(configuration, lookAround())
  const { hosts, powerDevices, references, alerting, mode } = configuration
  const counts = [
    counted(hosts.length, 'host'),
    counted(powerDevices.length, 'power device'),
    counted(references.length, 'reference'),
    counted(alerting.channels.length, 'channel'),
  ]
  terminal.out(`${configuration.file ?? 'The environment'} can be used: mode ${mode}, ${counts.join(', ')}.`)
  for (const { sentence } of warnings) terminal.out(`warning: ${sentence}`)
  for (const { code, sentence, remedy } of found) terminal.out(`risk: ${sentence} ${remedy} [${code}]`)
  return options.strict === true && found.length + warnings.length > 0 ? 'configuration' : 'ok'
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

async function show(cli: Cli, file: string | undefined): Promise<Exit> {
  const loaded = await load(cli, file)
  if (!loaded.ok) {
    const { formatProblems } = await import('../../config/problem.ts')
    return fail(cli, { exit: 'configuration', sentence: formatProblems(loaded.problems) })
  }
  const { showConfiguration } = await import('../../app/configuration/texts.ts')
  cli.terminal.raw(showConfiguration(loaded))
  return 'ok'
}

async function reload(cli: Cli): Promise<Exit> {
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const reply = await found.client.call('reload')
  if (!reply.ok) return fail(cli, reply)
  if (!reply.value.ok) return fail(cli, { exit: 'configuration', sentence: reply.value.sentence })
  cli.terminal.out(reply.value.sentence)
  return 'ok'
}
