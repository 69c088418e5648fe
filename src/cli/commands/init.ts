import { Command } from 'commander'
import { type Cli, fail } from '../cli.ts'
import type { StripOptions } from '../discover-strip.ts'
import type { Exit } from '../exit-codes.ts'
import { stripOptions } from './discover.ts'

type Options = StripOptions & { readonly output: string; readonly host: string[]; readonly gateway?: string }

export function initCommand(cli: Cli): Command {
  const init = new Command('init')
    .description('write a commented configuration for a Kasa strip, in mode dry-run')
    .argument('<address>', 'of the strip; `discover` finds it')
    .option('-o, --output <file>', 'must not exist yet; - for standard output', 'proxmox-watchdog.yaml')
    .option(
      '--host <alias=address>',
      'the address of the host on the outlet of this alias; may be repeated',
      collect,
      [],
    )
    .option('--gateway <address>', 'the reference target; without it the default gateway of this machine')
    .addHelpText(
      'after',
      '\nExample:\n  proxmox-watchdog init 192.168.1.205 --host pve1=192.168.1.105 --host pve2=192.168.1.106',
    )
  return stripOptions(init).action(async (address: string, options: Options) =>
    cli.end(await initialise(cli, address, options)),
  )
}

function collect(text: string, before: string[]): string[] {
  return [...before, text]
}

async function initialise(cli: Cli, address: string, options: Options): Promise<Exit> {
  const { existsSync } = await import('node:fs')
  const { writeNew } = await import('../write-new.ts')
  // Before anybody is asked for a password.
  if (options.output !== '-' && existsSync(options.output)) {
    return fail(cli, {
      exit: 'cannotCreate',
      sentence: `${options.output} exists already, and is not overwritten. Name another with --output.`,
    })
  }
  const wrong = options.host.find((pair) => !/^[^=]+=[^=]+$/.test(pair))
  if (wrong !== undefined) return fail(cli, { exit: 'usage', sentence: `--host ${wrong}: ALIAS=ADDRESS is expected.` })
  const { discoverStrip } = await import('../discover-strip.ts')
  const found = await discoverStrip(cli, address, options)
  if (!found.ok) return fail(cli, found)
  const { renderInitialConfiguration } = await import('../../config/initial.ts')
  const { defaultGateway } = await import('../../app/default-gateway.ts')
  const { identity, username } = found
  const text = renderInitialConfiguration({
    device: {
      address,
      username,
      model: identity.model,
      outlets: identity.outlets,
      port: options.port,
      legacyPort: options.legacyPort,
    },
    addresses: Object.fromEntries(options.host.map((pair) => pair.split('=') as [string, string])),
    gateway: options.gateway ?? defaultGateway(),
  })
  if (options.output === '-') {
    cli.terminal.raw(text)
    return 'ok'
  }
  const written = writeNew(options.output, text)
  if (!written.ok) return fail(cli, written)
  cli.terminal.out(`${options.output} is written, in mode dry-run: it watches and tells, and switches nothing.`)
  cli.terminal.out(`Fill in what is commented out, then: proxmox-watchdog config check --config ${options.output}`)
  return 'ok'
}
