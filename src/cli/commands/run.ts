import { Command } from 'commander'
import type { Cli } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'

const EXIT_OF = {
  ok: 'ok',
  configuration: 'configuration',
  state: 'state',
  late: 'software',
  forced: 'cutShort',
} as const satisfies Record<string, Exit>

export function runCommand(cli: Cli): Command {
  return new Command('run')
    .description('watch the configured hosts until asked to stop (SIGTERM); SIGHUP reads the configuration again')
    .addHelpText(
      'after',
      '\nExamples:\n  proxmox-watchdog run --config /etc/proxmox-watchdog/config.yaml\n  KASA_IP=192.168.1.205 KASA_USERNAME=me@example.com KASA_PASSWORD=... HOSTS=pve1=192.168.1.105@0 proxmox-watchdog run',
    )
    .action(async () => cli.end(await run(cli)))
}

export async function run(cli: Cli): Promise<Exit> {
  const { runDaemon } = await import('../../app/run.ts')
  const { config } = cli.globals()
  return EXIT_OF[await runDaemon({ env: cli.env, ...(config === undefined ? {} : { config }) })]
}
