import { type Cli, fail } from '../cli.ts'
import { clientOf, type Reply } from '../client.ts'
import type { Exit } from '../exit-codes.ts'
import { alertsTable } from '../render/alerts.ts'
import { deadLettersTable } from '../render/alerts-messages.ts'
import { renderAlert } from '../render/alerts-report.ts'
import { silencesTable } from '../render/alerts-silences.ts'
import { type Paint, painter } from '../text/paint.ts'

type Shown = { readonly json?: boolean }

export async function listAlerts(
  cli: Cli,
  options: Shown & { readonly all?: boolean; readonly limit: number },
): Promise<Exit> {
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const { all, limit } = options
  const query = { limit, status: all === true ? undefined : 'firing' }
  return show(cli, await found.client.call('alerts', { query }), options, ({ alerts }, paint) => {
    if (alerts.length === 0) return all === true ? 'There has been no alert.' : 'No alert fires.'
    return alertsTable(alerts, paint).join('\n')
  })
}

export async function showAlert(cli: Cli, id: number, options: Shown): Promise<Exit> {
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const columns = cli.terminal.columns()
  const reply = await found.client.call('alert', { id })
  return show(cli, reply, options, (report, paint) => renderAlert(report, { paint, columns }))
}

export async function listSilences(cli: Cli, options: Shown): Promise<Exit> {
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  return show(cli, await found.client.call('silences'), options, ({ silences }, paint) =>
    silences.length === 0 ? 'Nothing is silenced.' : silencesTable(silences, paint).join('\n'),
  )
}

export async function listDead(
  cli: Cli,
  options: Shown & { readonly channel?: string; readonly limit: number },
): Promise<Exit> {
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const { channel, limit } = options
  const query = { state: 'dead', channel, limit }
  return show(cli, await found.client.call('deliveries', { query }), options, ({ deliveries }, paint) =>
    deliveries.length === 0 ? 'There are no dead letters.' : deadLettersTable(deliveries, paint).join('\n'),
  )
}

function show<Value>(
  cli: Cli,
  reply: Reply<Value>,
  { json }: Shown,
  render: (value: Value, paint: Paint) => string,
): Exit {
  if (!reply.ok) return fail(cli, reply)
  const { terminal } = cli
  terminal.out(json === true ? JSON.stringify(reply.value, null, 2) : render(reply.value, painter(terminal.colour)))
  return 'ok'
}
