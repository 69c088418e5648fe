import { type Cli, fail } from '../cli.ts'
import { confirm } from '../confirm.ts'
import type { Exit } from '../exit-codes.ts'
import { unitOf } from './unit-of.ts'

export type TestOptions = { readonly deep?: boolean; readonly stop?: boolean; readonly yes?: boolean }

/** The driver may take its time to say that it has taken the command. */
const TIMEOUT_MS = 40_000
const DEEP =
  'A deep test runs on the battery until it is low, and some UPSes say no more than that they are on battery: the plan for power failures then begins. Better shed what you can first.'

/** `ups test`: lets a UPS test its battery, by the commands that it knows. */
export async function testBattery(cli: Cli, ups: string | undefined, options: TestOptions): Promise<Exit> {
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const which = await unitOf(found.client, ups)
  if (!which.ok) return fail(cli, which)
  const listed = await found.client.call('upsCommands', { query: { ups: which.name }, timeoutMs: TIMEOUT_MS })
  if (!listed.ok) return fail(cli, listed)
  if (!listed.value.ok) return fail(cli, { exit: 'no', sentence: listed.value.sentence })
  const command = commandOf(listed.value.commands, options)
  if (command === undefined) {
    const tests = listed.value.commands.filter((name) => name.startsWith('test.'))
    const knows = tests.length === 0 ? 'it knows no test at all' : `it knows ${tests.join(', ')}`
    return fail(cli, { exit: 'no', sentence: `UPS ${which.name} knows no such test: ${knows}.` })
  }
  const isDeep = options.deep === true && options.stop !== true
  const agreed = isDeep ? await confirm(cli, DEEP, options.yes === true) : { ok: true as const }
  if (!agreed.ok) return fail(cli, agreed)
  const done = await found.client.call('upsCommand', { body: { ups: which.name, command }, timeoutMs: TIMEOUT_MS })
  if (!done.ok) return fail(cli, done)
  if (!done.value.ok) return fail(cli, { exit: 'no', sentence: done.value.sentence })
  cli.terminal.out(`${done.value.sentence} Its result shows in \`ups status\`, and as UpsReplaceBattery if it is bad.`)
  return 'ok'
}

/** Not every UPS tells a quick test from another one. */
function commandOf(known: readonly string[], { deep, stop }: TestOptions): string | undefined {
  const wanted =
    stop === true
      ? ['test.battery.stop']
      : deep === true
        ? ['test.battery.start.deep']
        : ['test.battery.start.quick', 'test.battery.start']
  return wanted.find((name) => known.includes(name))
}
