import { Command } from 'commander'
import { type Cli, fail } from '../cli.ts'
import type { Exit } from '../exit-codes.ts'

/** A large history takes its time to copy. */
const BACKUP_TIMEOUT_MS = 10 * 60_000

export function stateCommand(cli: Cli): Command {
  const state = new Command('state').description('the state of the watchdog as files')
  state
    .command('backup')
    .description('write a consistent copy of the state, as the user of the watchdog, while it runs')
    .argument('<file>', 'must not exist yet')
    .action(async (file: string) => cli.end(await backup(cli, file)))
  state
    .command('export')
    .description('write the situation as JSON, which `plan FILE` reads; it holds no secret')
    .argument('[file]', 'must not exist yet; without it to standard output')
    .action(async (file: string | undefined) => cli.end(await exportTo(cli, file)))
  return state
}

async function backup(cli: Cli, file: string): Promise<Exit> {
  const { clientOf } = await import('../client.ts')
  const { resolve } = await import('node:path')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const reply = await found.client.call('backup', { body: { file: resolve(file) }, timeoutMs: BACKUP_TIMEOUT_MS })
  if (!reply.ok) return fail(cli, reply.exit === 'no' ? { ...reply, exit: 'cannotCreate' } : reply)
  cli.terminal.out(`The state is copied to ${reply.value.file}.`)
  return 'ok'
}

async function exportTo(cli: Cli, file: string | undefined): Promise<Exit> {
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const reply = await found.client.call('export')
  if (!reply.ok) return fail(cli, reply)
  const text = JSON.stringify(reply.value, null, 2)
  if (file === undefined) {
    cli.terminal.out(text)
    return 'ok'
  }
  const { writeNew } = await import('../write-new.ts')
  const written = writeNew(file, `${text}\n`)
  if (!written.ok) return fail(cli, written)
  cli.terminal.out(`The situation is written to ${file}.`)
  return 'ok'
}
