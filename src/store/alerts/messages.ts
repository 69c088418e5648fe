import type { AlertRows, ShownMessage } from '../../ports/alert-store.ts'
import type { AlertSql } from './sql.ts'

/** A message that was posted anew is the one of its incident, though an older one shows it, too. */
export function messageRows(sql: AlertSql): Pick<AlertRows, 'messageOf' | 'putMessage' | 'forgetMessage'> {
  return {
    messageOf: (channel, incident) => messageOf(sql, channel, incident),
    putMessage(channel, ref, incidents, nowMs) {
      sql.run(
        'insert into message (channel, ref, at_ms) values (?, ?, ?) on conflict (channel, ref) do update set at_ms = excluded.at_ms',
        channel,
        ref,
        nowMs,
      )
      const id = idOf(sql, channel, ref)
      if (id === undefined) return
      sql.run('delete from message_incident where message = ?', id)
      for (const [place, incident] of [...new Set(incidents)].entries()) {
        sql.run(
          'insert into message_incident (message, place, channel, incident) values (?, ?, ?, ?)',
          id,
          place,
          channel,
          incident,
        )
      }
    },
    forgetMessage(channel, ref) {
      const id = idOf(sql, channel, ref)
      if (id === undefined) return
      sql.run('delete from message_incident where message = ?', id)
      sql.run('delete from message where id = ?', id)
    },
  }
}

function messageOf(sql: AlertSql, channel: string, incident: number): ShownMessage | undefined {
  const id = sql.number(
    'select max(message) from message_incident where channel = ? and incident = ?',
    channel,
    incident,
  )
  if (id === undefined) return undefined
  const ref = sql.row('select ref from message where id = ?', id)?.ref
  if (typeof ref !== 'string') return undefined
  const incidents = sql.rows('select incident from message_incident where message = ? order by place', id)
  return { ref, incidents: incidents.map((row) => row.incident as number) }
}

function idOf(sql: AlertSql, channel: string, ref: string): number | undefined {
  return sql.number('select id from message where channel = ? and ref = ?', channel, ref)
}
