import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { failure, failureOf, type StoreFailure } from './failure.ts'

/** One numbered file of SQL: `0001-state.sql` brings the schema to version 1. */
export type Migration = { readonly version: number; readonly name: string; readonly sql: string }

/** `pmwd`: tells our file from a database of another program. */
export const APPLICATION_ID = 0x70_6d_77_64

/** The migrations that ship with the program, in order and without a gap. */
export function shippedMigrations(): Migration[] {
  const folder = join(import.meta.dirname, 'migrations')
  const names = readdirSync(folder).filter((name) => /^\d{4}-.+\.sql$/.test(name))
  return names.sort().map((name) => ({
    version: Number(name.slice(0, 4)),
    name,
    sql: readFileSync(join(folder, name), 'utf8'),
  }))
}

export type SchemaVersion = { readonly applicationId: number; readonly version: number }

/** What the file says it is. Throws SQLite's error. */
export function schemaVersion(database: DatabaseSync): SchemaVersion {
  const { application_id: applicationId } = database.prepare('pragma application_id').get() as {
    application_id: number
  }
  const { user_version: version } = database.prepare('pragma user_version').get() as { user_version: number }
  return { applicationId, version }
}

/** Whether this program may use the file: ours, and no newer than what we know. */
export function acceptSchema(file: string, found: SchemaVersion, newest: number): { readonly ok: true } | StoreFailure {
  if (found.applicationId !== APPLICATION_ID) {
    return failure('foreign', `${file} is a database of another program: it is left as it is.`)
  }
  if (found.version > newest) {
    const sentence = `The state in ${file} was written by a newer version of this program (schema ${found.version}, this one knows ${newest}): run that version, or restore a backup of the older state.`
    return failure('newer-schema', sentence)
  }
  return { ok: true }
}

/** Brings the schema up to date, each migration in a transaction of its own: an interrupted one leaves no trace. */
export function migrate(
  database: DatabaseSync,
  migrations: readonly Migration[],
): { readonly ok: true } | StoreFailure {
  for (const { version, name, sql } of migrations) {
    try {
      if (schemaVersion(database).version >= version) continue
      database.exec('begin immediate')
      database.exec(sql)
      database.exec(`pragma application_id = ${APPLICATION_ID}; pragma user_version = ${version}`)
      database.exec('commit')
    } catch (error) {
      if (database.isTransaction) database.exec('rollback')
      const why = failureOf(error, `The state could not be brought to schema ${version} (${name})`)
      return why.code === 'io' ? failure('migration', why.sentence) : why
    }
  }
  return { ok: true }
}
