import { Command } from 'commander'
import type { AuditFinding } from '../../api/audit.ts'
import { type Cli, fail } from '../cli.ts'
import type { Failure } from '../client.ts'
import type { Exit } from '../exit-codes.ts'

type Options = { readonly json?: boolean; readonly offline?: boolean }
type Audited = { readonly ok: true; readonly findings: readonly AuditFinding[] } | Failure

/** Each node is looked at from inside, and its journal read. */
const TIMEOUT_MS = 120_000

const EPILOGUE = `
Ends with 0 where nothing or only information was found, with 1 where a warning is the worst, with 2 where something is
critical. Without a running watchdog it looks by itself, and cannot tell of drills and of what is disarmed for a time.`

export function auditCommand(cli: Cli): Command {
  return new Command('audit')
    .description('what would reset a node, what the next loss costs, and what our own alarm hangs on')
    .option('--json', 'as JSON')
    .option('--offline', 'ask no running watchdog, look by the configuration alone')
    .addHelpText('after', EPILOGUE)
    .action(async (options: Options) => cli.end(await audit(cli, options)))
}

async function audit(cli: Cli, options: Options): Promise<Exit> {
  const audited = await findingsOf(cli, options.offline === true)
  if (!audited.ok) return fail(cli, audited)
  const { findings } = audited
  const { worst } = await import('../../core/audit/audit.ts')
  const severity = worst(findings)
  if (options.json === true) {
    cli.terminal.out(JSON.stringify({ worst: severity ?? null, findings }, null, 2))
  } else {
    const { renderAudit } = await import('../render/audit.ts')
    const { painter } = await import('../text/paint.ts')
    const canvas = { paint: painter(cli.terminal.colour), columns: cli.terminal.columns() }
    cli.terminal.out(renderAudit(findings, canvas))
  }
  if (severity === 'critical') return 'critical'
  return severity === 'warning' ? 'no' : 'ok'
}

async function findingsOf(cli: Cli, offline: boolean): Promise<Audited> {
  if (offline) return alone(cli)
  const { clientOf } = await import('../client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return found
  const reply = await found.client.call('audit', { timeoutMs: TIMEOUT_MS })
  if (reply.ok) return { ok: true, findings: reply.value.findings }
  if (reply.exit !== 'unavailable') return reply
  cli.terminal.err(`${reply.sentence} It is looked at by the configuration alone.`)
  return alone(cli)
}

async function alone(cli: Cli): Promise<Audited> {
  const { loadConfiguration } = await import('../../app/configuration/load.ts')
  const { config } = cli.globals()
  const loaded = loadConfiguration({ env: cli.env, ...(config === undefined ? {} : { file: config }) })
  if (!loaded.ok) {
    const { formatProblems } = await import('../../config/problem.ts')
    return { ok: false, exit: 'configuration', sentence: formatProblems(loaded.problems) }
  }
  const { auditOffline } = await import('../../app/proxmox/audit-offline.ts')
  return { ok: true, findings: await auditOffline(loaded.configuration) }
}
