import { Command } from 'commander'
import { type Cli, fail } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'

type RoleOptions = {
  readonly features?: string
  readonly user: string
  readonly token: string
  readonly pve: string
}

export function proxmoxCommand(cli: Cli): Command {
  const proxmox = new Command('proxmox').description('access to the Proxmox clusters: what is needed, what is missing')
  proxmox
    .command('role')
    .description('print the commands that make a user, its token and its roles, with the least that is needed')
    .option(
      '--features <list>',
      'views, agent, journals, updates, start-missed, node-watchdog, power, ceph-flags; or all',
    )
    .option('--user <user@realm>', 'the user that is made', 'watchdog@pve')
    .option('--token <name>', 'its token', 'watchdog')
    .option('--pve <version>', 'major version of Proxmox VE', '9')
    .addHelpText(
      'after',
      '\nWithout --features those that the configuration asks for, else views, agent and journals.\n\nExamples:\n  proxmox-watchdog proxmox role\n  proxmox-watchdog proxmox role --features views,journals,node-watchdog | ssh root@pve1 sh',
    )
    .action(async (options: RoleOptions) => cli.end(await role(cli, options)))
  proxmox
    .command('check')
    .description(
      'ask each endpoint of each cluster, and say which privilege is missing for what; ends with 0 if all is well',
    )
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => cli.end(await check(cli, options)))
  return proxmox
}

async function role(cli: Cli, options: RoleOptions): Promise<Exit> {
  const { isTokenName, isUserName, roleCommands } = await import('../../core/audit/access/role-commands.ts')
  const { user, token, pve } = options
  if (!isUserName(user)) {
    return fail(cli, { exit: 'usage', sentence: `${user} is no user of Proxmox: watchdog@pve is meant.` })
  }
  if (!isTokenName(token)) return fail(cli, { exit: 'usage', sentence: `${token} cannot be the name of a token.` })
  const major = Number(/^(\d+)/.exec(pve)?.[1] ?? 'NaN')
  if (!(major >= 7)) return fail(cli, { exit: 'usage', sentence: 'Proxmox VE 7, 8 and 9 are known.' })
  const features = await featuresOf(cli, options.features)
  if (!features.ok) return fail(cli, { exit: 'usage', sentence: features.sentence })
  cli.terminal.out(roleCommands({ features: features.list, user, token, major }).join('\n'))
  return 'ok'
}

async function featuresOf(cli: Cli, given: string | undefined) {
  const { isFeature, PROXMOX_FEATURES } = await import('../../core/audit/access/features.ts')
  const among = (names: readonly string[]) => ({
    ok: true as const,
    // Nothing works without looking.
    list: PROXMOX_FEATURES.filter((each) => each === 'views' || names.includes(each)),
  })
  if (given === 'all') return among(PROXMOX_FEATURES)
  if (given === undefined) return among(await configuredFeatures(cli))
  const names = given.split(',').map((each) => each.trim())
  const unknown = names.find((each) => !isFeature(each))
  if (unknown === undefined) return among(names)
  const sentence = `No feature is called ${unknown}; there are ${PROXMOX_FEATURES.join(', ')}, and all.`
  return { ok: false as const, sentence }
}

/** A configuration that is not there yet, or is wrong, is no reason not to print them: it may be what they are for. */
async function configuredFeatures(cli: Cli): Promise<readonly string[]> {
  const { loadConfiguration } = await import('../../app/configuration/load.ts')
  const { configuredClusters } = await import('../../app/proxmox/configured.ts')
  const { config } = cli.globals()
  const loaded = loadConfiguration({ env: cli.env, ...(config === undefined ? {} : { file: config }) })
  const features = loaded.ok ? configuredClusters(loaded.configuration).flatMap((each) => each.features) : []
  return features.length > 0 ? features : ['views', 'agent', 'journals']
}

async function check(cli: Cli, options: { readonly json?: boolean }): Promise<Exit> {
  const { loadConfiguration } = await import('../../app/configuration/load.ts')
  const { config } = cli.globals()
  const loaded = loadConfiguration({ env: cli.env, ...(config === undefined ? {} : { file: config }) })
  if (!loaded.ok) {
    const { formatProblems } = await import('../../config/problem.ts')
    return fail(cli, { exit: 'configuration', sentence: formatProblems(loaded.problems) })
  }
  const { configuredClusters } = await import('../../app/proxmox/configured.ts')
  const configured = configuredClusters(loaded.configuration)
  if (configured.length === 0) {
    const sentence =
      'No Proxmox cluster is configured: `proxmox-watchdog proxmox role` prints how to make a token for one.'
    return fail(cli, { exit: 'configuration', sentence })
  }
  const { checkCluster } = await import('../../app/proxmox/check.ts')
  const { SystemClock } = await import('../../app/system-clock.ts')
  const clock = new SystemClock()
  const checked = await Promise.all(configured.map((each) => checkCluster(each, clock)))
  if (options.json === true) {
    cli.terminal.out(JSON.stringify({ ok: checked.every(({ ok }) => ok), clusters: checked }, null, 2))
  } else {
    const { renderProxmoxCheck } = await import('../render/proxmox.ts')
    const { painter } = await import('../text/paint.ts')
    const canvas = { paint: painter(cli.terminal.colour), columns: cli.terminal.columns() }
    cli.terminal.out(checked.map((each) => renderProxmoxCheck(each, canvas)).join('\n\n'))
  }
  return checked.every(({ ok }) => ok) ? 'ok' : 'no'
}
