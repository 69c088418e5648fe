import { Argument, Command, Option } from 'commander'
import { numberArgument } from '../arguments.ts'
import { type Cli, fail } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'

type LabRunOptions = { readonly pace: string; readonly tour: boolean; readonly stay?: boolean }

const MOST_PACE = 60
const ON_HOST = {
  hang: 'the kernel of a host dies: it draws power and answers nothing',
  wedge: 'the kernel of a host answers, its userland does not',
  'cut-net': 'a host loses its network',
  partition: 'the cluster network of a node is cut; its API still answers',
  rejoin: 'the cluster network of a node is whole again',
  heal: 'a host is well again',
  shutdown: 'a host is shut down cleanly',
} as const

/** `lab` runs the lab; its subcommands order something from the lab that runs in another terminal. */
export function labCommand(cli: Cli): Command {
  const lab = new Command('lab')
    .description('a simulated cluster and strip on loopback, and the real watchdog on them')
    .addOption(new Option('--pace <factor>', `lab seconds in a real one, 1 to ${MOST_PACE}`).default('30'))
    .option('--no-tour', 'only start it, and wait for orders from another terminal')
    .option('--stay', 'go on after the tour until interrupted (the default on a terminal)')
    .addHelpText(
      'after',
      '\nExamples:\n  proxmox-watchdog lab                      the tour\n  proxmox-watchdog lab --no-tour --pace 10\n  proxmox-watchdog lab hang pve2            from another terminal\n  proxmox-watchdog lab strip offline',
    )
    .action(async (options: LabRunOptions) => {
      const stay = options.stay ?? (!options.tour || cli.terminal.canAsk)
      cli.end(await startLabRun(cli, { ...options, stay }))
    })
  for (const [kind, description] of Object.entries(ON_HOST)) {
    lab.addCommand(
      new Command(kind)
        .description(description)
        .argument('<host>')
        .action(async (host: string) => cli.end(await order(cli, { kind: kind as keyof typeof ON_HOST, host }))),
    )
  }
  const more = [
    mainsCommand,
    batteryCommand,
    upsCommand,
    stripCommand,
    gatewayCommand,
    discordCommand,
    qdeviceCommand,
    storageCommand,
    guestCommand,
    backupCommand,
  ]
  for (const command of more) lab.addCommand(command(cli))
  return lab
}

function stripCommand(cli: Cli): Command {
  return new Command('strip')
    .description('the strip loses or regains its network; its outlets stay as they are')
    .addArgument(new Argument('<how>').choices(['offline', 'online']))
    .action(async (how: 'offline' | 'online') => cli.end(await order(cli, { kind: `strip-${how}`, strip: 'strip' })))
}

function gatewayCommand(cli: Cli): Command {
  return new Command('gateway')
    .description('the reference target falls silent, or answers again')
    .addArgument(new Argument('<how>').choices(['down', 'up']))
    .action(async (how: 'down' | 'up') => cli.end(await order(cli, { kind: `gateway-${how}` })))
}

function mainsCommand(cli: Cli): Command {
  return new Command('mains')
    .description('mains fails or is back: the UPS carries everything for about half an hour')
    .addArgument(new Argument('<how>').choices(['off', 'on']))
    .action(async (how: 'off' | 'on') => cli.end(await order(cli, { kind: `mains-${how}` })))
}

function batteryCommand(cli: Cli): Command {
  return new Command('battery')
    .description('what is left in the battery of the UPS')
    .addArgument(new Argument('<percent>').argParser(numberArgument(0, 100)))
    .action(async (percent: number) => cli.end(await order(cli, { kind: 'set-battery', ups: 'ups', percent })))
}

const UPS_FAULTS = ['silent', 'stale', 'driver-gone', 'fsd', 'heard'] as const

function upsCommand(cli: Cli): Command {
  return new Command('ups')
    .description('upsd falls silent, tells nothing new, has no driver, orders a forced shutdown; or all is well again')
    .addArgument(new Argument('<how>').choices(UPS_FAULTS))
    .action(async (how: (typeof UPS_FAULTS)[number]) => cli.end(await order(cli, { kind: `ups-${how}`, ups: 'ups' })))
}

function discordCommand(cli: Cli): Command {
  return new Command('discord')
    .description('the channel in which alerts arrive is down, takes nothing for now, or is up again')
    .addArgument(new Argument('<how>').choices(['down', 'ratelimit', 'up']))
    .action(async (how: 'down' | 'ratelimit' | 'up') => cli.end(await order(cli, { kind: `discord-${how}` })))
}

function qdeviceCommand(cli: Cli): Command {
  return new Command('qdevice')
    .description("the cluster's outside vote goes or comes back")
    .addArgument(new Argument('<how>').choices(['down', 'up']))
    .action(async (how: 'down' | 'up') => cli.end(await order(cli, { kind: `qdevice-${how}` })))
}

function storageCommand(cli: Cli): Command {
  return new Command('storage')
    .description('a storage of the cluster fills up, or has room again')
    .argument('<storage>', 'local or nas')
    .addArgument(new Argument('<how>').choices(['full', 'freed']))
    .action(async (storage: string, how: 'full' | 'freed') =>
      cli.end(await order(cli, { kind: `storage-${how}`, storage })),
    )
}

function guestCommand(cli: Cli): Command {
  return new Command('guest')
    .description('a guest stops or starts, as if somebody had done that in Proxmox')
    .argument('<guest>', 'its name or number')
    .addArgument(new Argument('<how>').choices(['stop', 'start']))
    .action(async (guest: string, how: 'stop' | 'start') => cli.end(await order(cli, { kind: `guest-${how}`, guest })))
}

function backupCommand(cli: Cli): Command {
  return new Command('backup')
    .description('the backup of every guest runs now, and fails or works; so do those that follow')
    .addArgument(new Argument('<how>').choices(['fail', 'ok']))
    .action(async (how: 'fail' | 'ok') => cli.end(await order(cli, { kind: `backup-${how}` })))
}

export async function startLabRun(cli: Cli, options: LabRunOptions): Promise<Exit> {
  const pace = Number(options.pace)
  if (!(pace >= 1 && pace <= MOST_PACE)) {
    return fail(cli, { exit: 'usage', sentence: `--pace takes a number from 1 to ${MOST_PACE}, not ${options.pace}.` })
  }
  const { runLab } = await import('../../app/lab/run-lab.ts')
  const { terminal, env } = cli
  const end = await runLab({
    env,
    pace,
    tour: options.tour,
    stay: options.stay === true,
    write: (text) => terminal.raw(text),
    colour: terminal.colour,
    columns: terminal.columns(),
  })
  if (end.ok) return 'ok'
  return fail(cli, { exit: end.code === 'tour-failed' ? 'software' : 'unavailable', sentence: end.sentence })
}

async function order(
  cli: Cli,
  action: Parameters<typeof import('../../app/lab/lab-control.ts').orderFromLab>[1],
): Promise<Exit> {
  const { orderFromLab } = await import('../../app/lab/lab-control.ts')
  const { labDirectory, labPaths } = await import('../../app/lab/lab-directory.ts')
  const answer = await orderFromLab(labPaths(labDirectory(cli.env)).socket, action)
  if (answer === 'unavailable') {
    return fail(cli, {
      exit: 'unavailable',
      sentence: 'No lab is running. Start one in another terminal: proxmox-watchdog lab.',
    })
  }
  if (!answer.ok) return fail(cli, { exit: 'no', sentence: answer.sentence })
  cli.terminal.out(answer.sentence)
  return 'ok'
}
