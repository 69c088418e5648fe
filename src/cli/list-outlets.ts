import { type Cli, fail } from './cli.ts'
import { clientOf } from './client.ts'
import type { Exit } from './exit-codes.ts'
import { deviceLines, outletsTable } from './render/outlets.ts'
import { painter } from './text/paint.ts'

export async function listOutlets(cli: Cli, options: { readonly json?: boolean }): Promise<Exit> {
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const reply = await found.client.call('outlets')
  if (!reply.ok) return fail(cli, reply)
  const { terminal } = cli
  if (options.json === true) {
    terminal.out(JSON.stringify(reply.value, null, 2))
    return 'ok'
  }
  const { outlets, devices } = reply.value
  if (devices.length === 0) {
    terminal.out('No power device is configured.')
    return 'ok'
  }
  const paint = painter(terminal.colour)
  terminal.out([...outletsTable(outlets, paint), '', ...deviceLines(devices, paint)].join('\n'))
  return 'ok'
}
