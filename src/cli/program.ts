import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { Cli } from './cli.ts'
import { alertmanagerCommand } from './commands/alertmanager.ts'
import { alertsCommand } from './commands/alerts.ts'
import { auditCommand } from './commands/audit.ts'
import { clusterCommand } from './commands/cluster.ts'
import { configCommand } from './commands/config.ts'
import { devicesCommand } from './commands/devices.ts'
import { discoverCommand } from './commands/discover.ts'
import { eventsCommand } from './commands/events.ts'
import { explainCommand } from './commands/explain.ts'
import { guestsCommand } from './commands/guests.ts'
import { healthCommand } from './commands/health.ts'
import { historyCommand } from './commands/history.ts'
import { initCommand } from './commands/init.ts'
import { labCommand } from './commands/lab.ts'
import { lockoutCommand } from './commands/lockout.ts'
import { maintenanceCommand } from './commands/maintenance.ts'
import { nodeWatchdogCommand } from './commands/node-watchdog.ts'
import { outletsCommand } from './commands/outlets.ts'
import { pauseCommand } from './commands/pause.ts'
import { planCommand } from './commands/plan.ts'
import { proxmoxCommand } from './commands/proxmox.ts'
import { resumeCommand } from './commands/resume.ts'
import { runCommand } from './commands/run.ts'
import { startCommand } from './commands/start.ts'
import { stateCommand } from './commands/state.ts'
import { statusCommand } from './commands/status.ts'
import { uninstallCheckCommand } from './commands/uninstall-check.ts'
import { upsCommand } from './commands/ups.ts'
import { whyCommand } from './commands/why.ts'

/** In the order of the help. Each file holds one command and brings what it needs only when it is run. */
const COMMANDS: readonly ((cli: Cli) => Command)[] = [
  runCommand,
  startCommand,
  labCommand,
  statusCommand,
  explainCommand,
  whyCommand,
  clusterCommand,
  guestsCommand,
  historyCommand,
  auditCommand,
  nodeWatchdogCommand,
  upsCommand,
  eventsCommand,
  alertsCommand,
  outletsCommand,
  pauseCommand,
  resumeCommand,
  maintenanceCommand,
  lockoutCommand,
  devicesCommand,
  discoverCommand,
  initCommand,
  configCommand,
  alertmanagerCommand,
  proxmoxCommand,
  planCommand,
  stateCommand,
  healthCommand,
  uninstallCheckCommand,
]

const EPILOGUE = `
Most commands talk to the running watchdog over the socket in its state directory. Exit codes: docs/exit-codes.md.`

/** The whole command line. `cli.globals` must answer the options of what is made here. */
export function buildProgram(cli: Cli): Command {
  const program = new Command('proxmox-watchdog')
    .description('Keeps a Proxmox VE cluster alive: finds dead hosts, power-cycles them safely, and says why.')
    .option('--config <file>', 'the configuration (or PROXMOX_WATCHDOG_CONFIG)')
    .option('--state-directory <directory>', 'where the running watchdog keeps its state')
    .version(versionOf(), '-V, --version')
    .addHelpText('after', EPILOGUE)
    .helpCommand('help [command]', 'the help of a command')
    .showHelpAfterError('(--help shows what is possible)')
  for (const make of COMMANDS) program.addCommand(make(cli))
  return program
}

function versionOf(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
