import { Command } from 'commander'
import { type Cli, fail } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'

type Options = {
  readonly relayA?: string
  readonly relayB?: string
  readonly deadMan: string
  readonly probe?: boolean
  readonly json?: boolean
}

export function alertmanagerCommand(cli: Cli): Command {
  const alertmanager = new Command('alertmanager').description('an Alertmanager whose alerts come here')
  alertmanager
    .command('check')
    .description(
      'read an alertmanager.yml, name its traps, and print the receiver to paste; ends with 0 if no alert gets lost',
    )
    .argument('<file>', 'the alertmanager.yml; - for standard input')
    .option('--relay-a <url>', 'address of this watchdog, as Alertmanager reaches it')
    .option('--relay-b <url>', 'address of the second one')
    .option('--dead-man <alertname>', 'the alert that always fires', 'Watchdog')
    .option('--probe', 'ask each address of a webhook once (HEAD), and tell of redirects')
    .option('--json', 'everything for programs')
    .addHelpText(
      'after',
      '\nExamples:\n  proxmox-watchdog alertmanager check /etc/prometheus/alertmanager.yml --probe\n  proxmox-watchdog alertmanager check alertmanager.yml --relay-a http://10.0.0.7:8000 --relay-b http://192.0.2.9:8000',
    )
    .action(async (file: string, options: Options) => cli.end(await check(cli, file, options)))
  return alertmanager
}

async function check(cli: Cli, file: string, options: Options): Promise<Exit> {
  const relays = [options.relayA, options.relayB].filter((relay) => relay !== undefined)
  const wrong = relays.find((relay) => !/^https?:\/\//i.test(relay) || !URL.canParse(relay))
  if (wrong !== undefined) {
    return fail(cli, { exit: 'usage', sentence: 'The address of a relay begins with http:// or https://.' })
  }
  const read = await readSource(file)
  if (!read.ok) return fail(cli, { exit: 'configuration', sentence: read.sentence })
  const { source } = read
  const { checkAlertmanager, placed } = await import('../../alertmanager/check.ts')
  const { receiverText } = await import('../../alertmanager/receiver-text.ts')
  const report = checkAlertmanager(source, { deadMan: options.deadMan, relays })
  const probed = options.probe === true ? await probe(report.model.webhooks) : []
  const findings = placed([...report.findings, ...probed], source)
  // With two relays in it already there is nothing to paste.
  const wanted = relays.length > 0 || findings.length > 0 || options.json === true
  const receiver = wanted ? receiverText({ a: options.relayA, b: options.relayB }, options.deadMan) : undefined
  const { renderCheck, checkAsJson } = await import('../render/alertmanager.ts')
  const shown = { file: source.file, findings, deadMan: report.deadMan, critical: report.critical, receiver }
  if (options.json === true) cli.terminal.out(JSON.stringify(checkAsJson(shown), null, 2))
  else {
    const { painter } = await import('../text/paint.ts')
    const canvas = { paint: painter(cli.terminal.colour), columns: cli.terminal.columns() }
    cli.terminal.out(renderCheck(shown, options.deadMan, canvas))
  }
  return findings.some(({ severity }) => severity === 'error') ? 'no' : 'ok'
}

async function probe(webhooks: Parameters<typeof import('../../alertmanager/probe.ts').probeWebhooks>[0]) {
  const { probeWebhooks } = await import('../../alertmanager/probe.ts')
  const { interruption } = await import('../interruption.ts')
  return probeWebhooks(webhooks, interruption())
}

async function readSource(file: string) {
  const { readFileSync } = await import('node:fs')
  const { readAlertmanager } = await import('../read-alertmanager.ts')
  const name = file === '-' ? 'standard input' : file
  try {
    return readAlertmanager(readFileSync(file === '-' ? 0 : file, 'utf8'), name)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    return { ok: false, sentence: `${name} cannot be read (${code}).` } as const
  }
}
