import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { REBOOT_CAUSES } from '../../core/reboots/types.ts'
import type { JudgedReboot, KernelLine, NodeKey, SeenNode } from '../../ports/journal-tails.ts'
import { LIMITS } from './limits.ts'
import type { BootLines } from './memory-tails.ts'

/** The rows of the tails. Everything throws SQLite's error; writing is within the caller's transaction. */
export class TailRows {
  readonly #prepare: (sql: string) => ReturnType<DatabaseSync['prepare']>

  constructor(database: DatabaseSync) {
    const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>()
    this.#prepare = (sql) => {
      const known = statements.get(sql) ?? database.prepare(sql)
      statements.set(sql, known)
      return known
    }
  }

  addLines({ cluster, node, boot, lines }: BootLines): void {
    const characters = lines.reduce((sum, line) => sum + line.length, 0)
    const isNew = this.#pieces({ cluster, node }, boot).length === 0
    this.#prepare(
      'insert into journal_piece (cluster, node, boot, lines, line_count, characters) values (?, ?, ?, ?, ?, ?)',
    ).run(cluster, node, boot, lines.join('\n'), lines.length, characters)
    if (isNew) this.#forgetOldBoots({ cluster, node })
    this.#shorten({ cluster, node }, boot)
  }

  lines({ cluster, node }: NodeKey, boot: string): readonly string[] {
    const sql = 'select lines from journal_piece where cluster = ? and node = ? and boot = ? order by id'
    return this.#prepare(sql)
      .all(cluster, node, boot)
      .flatMap(({ lines }) => String(lines).split('\n'))
  }

  addKernelLines(host: string, lines: readonly KernelLine[]): void {
    const insert = this.#prepare('insert into kernel_line (host, at_ms, text) values (?, ?, ?)')
    for (const { atMs, text } of lines) insert.run(host, atMs, text)
    this.#prepare(
      'delete from kernel_line where host = ? and id <= (select id from kernel_line where host = ? order by id desc limit 1 offset ?)',
    ).run(host, host, LIMITS.kernelLines)
    this.#prepare(
      'delete from kernel_line where host in (select host from kernel_line group by host order by max(id) desc limit -1 offset ?)',
    ).run(LIMITS.hosts)
  }

  /** Undefined where there is none of this host, however old. */
  kernelLines(host: string, sinceMs: number): readonly KernelLine[] | undefined {
    const rows = this.#prepare('select at_ms, text from kernel_line where host = ? order by id').all(host)
    if (rows.length === 0) return undefined
    return rows
      .map((row) => ({ atMs: Number(row.at_ms), text: String(row.text) }))
      .filter(({ atMs }) => atMs >= sinceMs)
  }

  see({ cluster, node, ...value }: SeenNode): void {
    this.#prepare(
      'insert into seen_node (cluster, node, value) values (?, ?, ?) on conflict (cluster, node) do update set value = excluded.value',
    ).run(cluster, node, JSON.stringify(value))
    this.#prepare(
      `delete from seen_node where (select count(*) from seen_node) > ?
       and (cluster, node) in (select cluster, node from seen_node order by json_extract(value, '$.seenMs') limit 1)`,
    ).run(LIMITS.nodes)
  }

  seen({ cluster, node }: NodeKey): SeenNode | undefined {
    const row = this.#prepare('select value from seen_node where cluster = ? and node = ?').get(cluster, node)
    const value = parsed(row?.value)
    if (typeof value?.bootedMs !== 'number' || typeof value.seenMs !== 'number') return undefined
    return { ...(value as unknown as SeenNode), cluster, node }
  }

  judge({ cluster, node, id: _, ...value }: JudgedReboot): void {
    const insert = 'insert into judged_reboot (cluster, node, value) values (?, ?, ?)'
    this.#prepare(insert).run(cluster, node, JSON.stringify(value))
    this.#prepare(
      `delete from judged_reboot where cluster = ? and node = ? and id <=
       (select id from judged_reboot where cluster = ? and node = ? order by id desc limit 1 offset ?)`,
    ).run(cluster, node, cluster, node, LIMITS.reboots)
  }

  judged({ cluster, node }: NodeKey, limit: number): readonly JudgedReboot[] {
    const sql = 'select id, value from judged_reboot where cluster = ? and node = ? order by id desc limit ?'
    return this.#prepare(sql)
      .all(cluster, node, Math.max(0, Math.trunc(limit)))
      .flatMap((row) => {
        const value = parsed(row.value)
        return isJudged(value) ? [{ ...value, cluster, node, id: Number(row.id) }] : []
      })
  }

  #pieces({ cluster, node }: NodeKey, boot: string) {
    const sql =
      'select id, line_count, characters from journal_piece where cluster = ? and node = ? and boot = ? order by id desc'
    return this.#prepare(sql).all(cluster, node, boot)
  }

  /** Whole pieces go: a little less than the limit may be left. */
  #shorten(node: NodeKey, boot: string): void {
    let lines = 0
    let characters = 0
    const tooMuch = this.#pieces(node, boot).find((piece, index) => {
      lines += Number(piece.line_count)
      characters += Number(piece.characters)
      return index > 0 && (lines > LIMITS.lines || characters > LIMITS.characters)
    })
    if (tooMuch === undefined) return
    const sql = 'delete from journal_piece where cluster = ? and node = ? and boot = ? and id <= ?'
    this.#prepare(sql).run(node.cluster, node.node, boot, Number(tooMuch.id))
  }

  #forgetOldBoots({ cluster, node }: NodeKey): void {
    this.#prepare(
      `delete from journal_piece where cluster = ? and node = ? and boot not in
       (select boot from journal_piece where cluster = ? and node = ? group by boot order by max(id) desc limit ?)`,
    ).run(cluster, node, cluster, node, LIMITS.boots)
    this.#prepare(
      `delete from journal_piece where (cluster, node) in
       (select cluster, node from journal_piece group by cluster, node order by max(id) desc limit -1 offset ?)`,
    ).run(LIMITS.nodes)
  }
}

/** One damaged row must not hide the others. */
function parsed(text: SQLOutputValue | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(String(text))
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}

function isJudged(value: Readonly<Record<string, unknown>> | undefined): value is JudgedReboot {
  const verdict = value?.verdict as Partial<JudgedReboot['verdict']> | undefined
  return (
    typeof value?.atMs === 'number' &&
    typeof verdict?.sentence === 'string' &&
    Object.hasOwn(REBOOT_CAUSES, verdict.cause ?? '') &&
    Array.isArray(verdict.lines) &&
    Array.isArray(verdict.missing) &&
    Array.isArray(verdict.couldBe)
  )
}
