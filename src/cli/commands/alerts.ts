import { Command, InvalidArgumentError } from 'commander'
import { numberArgument } from '../arguments.ts'
import type { Cli } from '../cli.ts'

const number = (text: string): number => {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('A number as the lists show it is expected.')
}
const numbers = (text: string, before: readonly number[] = []): readonly number[] => [...before, number(text)]
const CHANNEL = 'only of this channel'

const EXAMPLES = `
Examples:
  proxmox-watchdog alerts list
  proxmox-watchdog alerts ack 17 --comment "on my way"
  proxmox-watchdog alerts silence host=nas --for 2h --comment "new disks"
  proxmox-watchdog alerts silence 'alertname=GuestDown' 'guest=~"10.*"' --for 30m
  proxmox-watchdog alerts drill`

export function alertsCommand(cli: Cli): Command {
  const alerts = new Command('alerts')
    .description('what is wrong, who was told, and whether the way to them works')
    .addHelpText('after', EXAMPLES)
  addReading(cli, alerts)
  addChanging(cli, alerts)
  addOutbox(cli, alerts)
  addProving(cli, alerts)
  return alerts
}

function addReading(cli: Cli, alerts: Command): void {
  alerts
    .command('list')
    .description('alerts that fire')
    .option('--all', 'those that are over, too')
    .option('--limit <count>', 'at most so many, newest first', numberArgument(1, 1000), 100)
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { listAlerts } = await import('../alerts/read-alerts.ts')
      cli.end(await listAlerts(cli, options))
    })
  alerts
    .command('show')
    .description('one alert: its labels, its story, and what became of the messages about it')
    .argument('<id>', 'its number', number)
    .option('--json', 'as JSON')
    .action(async (id: number, options) => {
      const { showAlert } = await import('../alerts/read-alerts.ts')
      cli.end(await showAlert(cli, id, options))
    })
}

function addChanging(cli: Cli, alerts: Command): void {
  alerts
    .command('ack')
    .description('take care of an alert: it is not told again, and goes to nobody else')
    .argument('<id>', 'its number', number)
    .option('--comment <text>', 'for those who look at it')
    .action(async (id: number, options) => {
      const { acknowledge } = await import('../alerts/change-alerts.ts')
      cli.end(await acknowledge(cli, id, options))
    })
  alerts
    .command('silence')
    .description('tell nobody of alerts that match, for a while; they are recorded all the same')
    .argument('<matcher...>', 'name=value, name!=value, name=~pattern or name!~pattern; all of them must match')
    .requiredOption('--for <duration>', 'how long, such as 2h; it ends by itself')
    .option('--comment <text>', 'why')
    .action(async (matchers: string[], options) => {
      const { silence } = await import('../alerts/change-alerts.ts')
      cli.end(await silence(cli, matchers, options))
    })
  alerts
    .command('silences')
    .description('silences that hold')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { listSilences } = await import('../alerts/read-alerts.ts')
      cli.end(await listSilences(cli, options))
    })
  alerts
    .command('unsilence')
    .description('end a silence now; what still fires is told')
    .argument('<id>', 'the number of the silence', number)
    .action(async (id: number) => {
      const { unsilence } = await import('../alerts/change-alerts.ts')
      cli.end(await unsilence(cli, id))
    })
}

function addOutbox(cli: Cli, alerts: Command): void {
  alerts
    .command('dead')
    .description('messages that were refused for good, or expired before their channel took them')
    .option('--channel <name>', CHANNEL)
    .option('--limit <count>', 'at most so many, newest first', numberArgument(1, 1000), 100)
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { listDead } = await import('../alerts/read-alerts.ts')
      cli.end(await listDead(cli, options))
    })
  alerts
    .command('replay')
    .description('put such messages back into the queue')
    .argument('[id...]', 'these, by their numbers', numbers)
    .option('--channel <name>', 'all of this channel')
    .option('--all', 'all that there are')
    .action(async (ids: readonly number[], options) => {
      const { replay } = await import('../alerts/change-alerts.ts')
      cli.end(await replay(cli, ids, options))
    })
}

function addProving(cli: Cli, alerts: Command): void {
  alerts
    .command('test')
    .description('send a marked message through each channel; ends with 0 only if every one took it')
    .option('--channel <name>', 'only through this one')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { testChannels } = await import('../alerts/prove-channels.ts')
      cli.end(await testChannels(cli, options))
    })
  alerts
    .command('drill')
    .description('send a canary along every way to a person, and look whether it arrived; ends with 0 only if it did')
    .option('--channel <name>', 'only along this one')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { drill } = await import('../alerts/prove-channels.ts')
      cli.end(await drill(cli, options))
    })
}
