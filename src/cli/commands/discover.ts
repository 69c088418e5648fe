import { Command } from 'commander'
import { durationOf, numberArgument } from '../arguments.ts'
import { type Cli, fail } from '../cli.ts'
import type { StripOptions } from '../discover-strip.ts'
import type { Exit } from '../exit-codes.ts'

type Options = StripOptions & { readonly wait: string; readonly json?: boolean }

/** For `discover` and `init`: how to speak to a strip that is not configured yet. */
export function stripOptions(command: Command): Command {
  const port = numberArgument(1, 65_535)
  return command
    .option('--username <email>', 'the TP-Link account that the strip is bound to (or KASA_USERNAME)')
    .option('--port <port>', 'TCP port of KLAP', port, 80)
    .option('--legacy-port <port>', 'TCP port of the legacy protocol', port, 9999)
}

const PASSWORD = '\nThe password is taken from KASA_PASSWORD, or asked for without showing it. It is never an argument.'

export function discoverCommand(cli: Cli): Command {
  const discover = new Command('discover')
    .description('list the outlets of a Kasa strip; without an address, what answers on the local network')
    .argument('[address]')
    .option('--wait <duration>', 'how long to listen for answers of the network', '3s')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `\nExamples:\n  proxmox-watchdog discover\n  proxmox-watchdog discover 192.168.1.205\n${PASSWORD}`,
    )
  return stripOptions(discover).action(async (address: string | undefined, options: Options) =>
    cli.end(await (address === undefined ? network(cli, options) : strip(cli, address, options))),
  )
}

async function strip(cli: Cli, address: string, options: Options): Promise<Exit> {
  const { discoverStrip } = await import('../discover-strip.ts')
  const found = await discoverStrip(cli, address, options)
  if (!found.ok) return fail(cli, found)
  const { terminal } = cli
  if (options.json === true) {
    terminal.out(JSON.stringify(found.identity, null, 2))
    return 'ok'
  }
  const { table } = await import('../text/table.ts')
  const { painter, tame } = await import('../text/paint.ts')
  const { stateStyle, watts } = await import('../render/outlets.ts')
  const { identity } = found
  terminal.out(
    tame(`${address}: ${identity.model}, ${identity.transport ?? 'unknown protocol'}, device id ${identity.deviceId}`),
  )
  const columns = [
    { title: 'OUTLET', right: true },
    { title: 'LABEL' },
    { title: 'ALIAS' },
    { title: 'STATE' },
    { title: 'POWER', right: true },
  ]
  const rows = identity.outlets.map(({ outlet, alias, state, watts: drawn }) => [
    outlet,
    // Printed on the strips themselves, which count from 1.
    /^\d+$/.test(outlet) ? `Plug ${Number(outlet) + 1}` : '',
    alias ?? '',
    { text: state, style: stateStyle(state) },
    watts(drawn),
  ])
  terminal.out(table(columns, rows, painter(terminal.colour)).join('\n'))
  terminal.err(`\`proxmox-watchdog init ${address}\` writes a configuration for it.`)
  return 'ok'
}

async function network(cli: Cli, options: Options): Promise<Exit> {
  const waiting = await durationOf('--wait', options.wait)
  if (!waiting.ok) return fail(cli, waiting)
  const { discoverNetwork } = await import('../discover-network.ts')
  const found = await discoverNetwork(waiting.ms)
  const { terminal } = cli
  if (options.json === true) {
    terminal.out(JSON.stringify(found.devices, null, 2))
    return 'ok'
  }
  for (const trouble of found.troubles) terminal.err(trouble)
  if (found.devices.length === 0) {
    terminal.out('No Kasa device answers on the local network. One in another network is found by its address alone.')
    return 'no'
  }
  const { table } = await import('../text/table.ts')
  const { painter } = await import('../text/paint.ts')
  const columns = [{ title: 'ADDRESS' }, { title: 'MODEL' }, { title: 'ALIAS' }, { title: 'DEVICE ID' }]
  const rows = found.devices.map(({ address, model, alias, deviceId }) => [address, model, alias ?? '', deviceId ?? ''])
  terminal.out(table(columns, rows, painter(terminal.colour)).join('\n'))
  terminal.err('`proxmox-watchdog discover ADDRESS` lists the outlets of one of them.')
  return 'ok'
}
