import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { alertUpdate } from './alerts/samples.ts'
import { APPLICATION_ID, shippedMigrations } from './migrate.ts'
import { openStore } from './open.ts'
import { atOf, hostRecord, openOrFail, putHost, removeDirectory, temporaryDirectory, told } from './samples.ts'

let directory: string
let file: string
beforeEach(() => {
  directory = temporaryDirectory()
  file = join(directory, 'state.sqlite')
})
afterEach(() => removeDirectory(directory))

const open = (more = {}) => openStore({ directory, now: () => atOf(0), ...more })
const ASIDE = 'state.sqlite.corrupt-20260115T030000Z'

/** A state with content, the newest of which (as after SIGKILL) is in the journal only. */
function crashed(): void {
  const first = openOrFail(directory)
  first.commit(
    [],
    Array.from({ length: 2_000 }, (_, index) => told(`event ${index}`)),
  )
  first.close()
  const store = openOrFail(directory)
  store.commit([putHost('pve1', 3)], [told('last')])
  const saved = ['state.sqlite', 'state.sqlite-wal'].map((name) => [
    join(directory, name),
    join(directory, `${name}.kept`),
  ])
  // By a copy: what a kill leaves, without the checkpoint of a clean close.
  for (const [from, to] of saved) copyFileSync(from as string, to as string)
  store.close()
  for (const [to, from] of saved) {
    copyFileSync(from as string, to as string)
    rmSync(from as string)
  }
}

function closed(): void {
  crashed()
  openOrFail(directory).close()
}

/** The lost state was kept as it was, a new one works, and the answer says both. */
function expectRecovered(kept: Record<string, Buffer>): void {
  const opening = open()
  if (!opening.ok) throw new Error(opening.sentence)
  const { store, found } = opening
  expect(found).toMatchObject({ created: true, recovered: 'corrupt', movedAsideTo: join(directory, ASIDE) })
  expect(found.sentence).toContain(`It was moved to ${join(directory, ASIDE)}`)
  for (const [name, content] of Object.entries(kept)) {
    expect(readFileSync(join(directory, name)).equals(content), name).toBe(true)
  }
  expect(store.load().hosts).toEqual({})
  expect(store.commit([putHost('pve9')], [told('new')])).toEqual({ ok: true })
  store.close()
  const again = open()
  if (!again.ok) throw new Error(again.sentence)
  expect(again.found).toEqual({ created: false, unreadable: [] })
  expect(again.store.load().hosts).toEqual({ pve9: hostRecord('pve9') })
  again.store.close()
}

describe('a damaged state is moved aside, unchanged, and a new one begun', () => {
  const DAMAGE: Record<string, () => void> = {
    'not a database': () => writeFileSync(file, 'this is not a database\n'.repeat(500)),
    'one byte': () => writeFileSync(file, 'x'),
    'cut off': () => truncateSync(file, 20_000),
    'cut within the first page': () => truncateSync(file, 1_000),
    'header overwritten': () => overwrite(0, 16),
    'a page overwritten': () => overwrite(4096 * 5, 4096),
    'the schema overwritten': () => overwrite(100, 3_000),
  }
  const overwrite = (from: number, length: number) => {
    const content = readFileSync(file)
    content.fill(0xa5, from, from + length)
    writeFileSync(file, content)
  }

  test.each(Object.keys(DAMAGE))('%s', (name) => {
    closed()
    DAMAGE[name]?.()
    expectRecovered({ [ASIDE]: readFileSync(file) })
  })

  test('empty', () => {
    closed()
    truncateSync(file, 0)
    expectRecovered({ [ASIDE]: Buffer.alloc(0) })
  })

  test('empty with all of its content in the journal: SQLite would drop the journal', () => {
    crashed()
    truncateSync(file, 0)
    expectRecovered({ [`${ASIDE}-wal`]: readFileSync(`${file}-wal`) })
  })

  test('gone with its journal left: SQLite would drop that too', () => {
    crashed()
    rmSync(file)
    expectRecovered({ [`${ASIDE}-wal`]: readFileSync(`${file}-wal`) })
  })

  test('damaged below its journal: neither is merged nor tidied up', () => {
    crashed()
    overwrite(4096 * 20, 4096)
    expectRecovered({ [ASIDE]: readFileSync(file), [`${ASIDE}-wal`]: readFileSync(`${file}-wal`) })
  })

  test('a table is missing', () => {
    closed()
    const database = new DatabaseSync(file)
    database.exec('drop table event')
    database.close()
    expectRecovered({ [ASIDE]: readFileSync(file) })
  })

  test('again and again: every one is kept', () => {
    for (let count = 0; count < 4; count += 1) {
      writeFileSync(file, `garbage ${count}`)
      const opening = open()
      if (!opening.ok) throw new Error(opening.sentence)
      opening.store.close()
    }
    const kept = readdirSync(directory).filter((name) => name.includes('corrupt'))
    expect(kept).toEqual([ASIDE, `${ASIDE}-2`, `${ASIDE}-3`, `${ASIDE}-4`])
    expect(kept.map((name) => readFileSync(join(directory, name), 'utf8'))).toEqual(
      [0, 1, 2, 3].map((count) => `garbage ${count}`),
    )
  })

  test('random bytes anywhere: it opens or it is moved, and never throws', () => {
    closed()
    const sound = readFileSync(file)
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
      return seed % below
    }
    for (let round = 0; round < 60; round += 1) {
      const content = Buffer.from(sound)
      for (let hit = 0; hit < 1 + random(30); hit += 1)
        content[random(round % 2 === 0 ? 200 : content.length)] = random(256)
      writeFileSync(file, content)
      const opening = open()
      if (opening.ok) {
        opening.store.load()
        opening.store.events({ limit: 10 })
        opening.store.close()
      } else {
        // The bytes of the schema version or of the application id were hit: left for a person to judge.
        expect(['foreign', 'newer-schema']).toContain(opening.code)
        expect(readFileSync(file).equals(content)).toBe(true)
      }
    }
  })
})

test('a crash while the first state was being built leaves nothing that matters', () => {
  for (const suffix of ['', '-wal', '-journal', '-shm']) writeFileSync(`${file}.new${suffix}`, 'half')
  const opening = open()
  expect(opening).toMatchObject({ ok: true, found: { created: true } })
  if (opening.ok) opening.store.close()
  expect(readdirSync(directory)).toEqual(['state.sqlite'])
})

test('what only the journal holds after a crash is there', () => {
  crashed()
  const store = openOrFail(directory)
  expect(store.load().hosts).toEqual({ pve1: hostRecord('pve1', 3) })
  store.close()
})

describe('refused with a sentence, and left as it is', () => {
  const refusedWith = (code: string, sentence: string, more = {}) => {
    const opening = open(more)
    expect(opening).toMatchObject({ ok: false, code })
    expect(opening).toHaveProperty('sentence', expect.stringContaining(sentence))
  }

  test('the directory is a file', () => {
    writeFileSync(join(directory, 'a'), '')
    refusedWith('not-a-directory', 'cannot be used', { directory: join(directory, 'a') })
    refusedWith('not-a-directory', 'cannot be used', { directory: join(directory, 'a', 'b') })
  })

  test('the file is a directory, or a link', () => {
    mkdirSync(file)
    refusedWith('not-a-file', 'it is not a plain file')
    rmSync(file, { recursive: true })
    symlinkSync(join(directory, 'elsewhere'), file)
    refusedWith('not-a-file', 'it is not a plain file')
    expect(existsSync(file)).toBe(false)
  })

  test('a state of a newer version', () => {
    openOrFail(directory).close()
    const database = new DatabaseSync(file)
    database.exec('pragma user_version = 99')
    database.close()
    const before = readFileSync(file)
    refusedWith('newer-schema', 'written by a newer version of this program (schema 99')
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('a database of another program', () => {
    const database = new DatabaseSync(file)
    database.exec('create table photos (id)')
    database.close()
    refusedWith('foreign', 'is a database of another program')
  })

  test('a state that another store has', () => {
    const store = openOrFail(directory)
    refusedWith('in-use', 'another process is using it')
    expect(store.commit([putHost('pve1')], [])).toEqual({ ok: true })
    store.close()
  })

  const reason = whyNotAsNobody()
  if (reason !== undefined) console.warn(`skipped: the state as an ordinary user: ${reason}`)
  describe.skipIf(reason !== undefined)('as an ordinary user', () => {
    const refusedAsNobody = (path = directory) => {
      const opening = openAsNobody(path)
      expect(opening).toMatchObject({ ok: false, code: 'permission' })
      expect(opening).toHaveProperty('sentence', expect.stringContaining('access is denied'))
    }

    test('a directory that may not be made, entered or written', () => {
      chmodSync(directory, 0o755)
      refusedAsNobody()
      refusedAsNobody(join(directory, 'new'))
      chmodSync(directory, 0o700)
      refusedAsNobody()
      expect(readdirSync(directory)).toEqual([])
    })

    test('a state, or its journal, that belongs to somebody else', () => {
      crashed()
      chownSync(directory, NOBODY, NOBODY)
      chmodSync(file, 0o600)
      refusedAsNobody()
      chmodSync(file, 0o644)
      refusedAsNobody()
      chownSync(file, NOBODY, NOBODY)
      refusedAsNobody()
      expect(readdirSync(directory)).toEqual(['state.sqlite', 'state.sqlite-wal'])
      chownSync(`${file}-wal`, NOBODY, NOBODY)
      expect(openAsNobody(directory)).toMatchObject({ ok: true, found: { created: false } })
    })

    test('a damaged state is moved by its own user', () => {
      writeFileSync(file, 'garbage')
      chownSync(directory, NOBODY, NOBODY)
      chownSync(file, NOBODY, NOBODY)
      expect(openAsNobody(directory)).toMatchObject({ ok: true, found: { recovered: 'corrupt' } })
    })
  })
})

const NOBODY = 65_534

/** What `openStore` answers to another user, in a process of that user. */
function openAsNobody(path: string): unknown {
  const script = `
    import { openStore } from '${import.meta.dirname}/open.ts'
    const at = { wallMs: 0, bootId: 'b', monoMs: 0 }
    const { store, ...answer } = openStore({ directory: process.argv[1], now: () => at })
    store?.close()
    console.log(JSON.stringify(answer))`
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script, path], { uid: NOBODY, gid: NOBODY })
  const text = child.stdout?.toString() ?? ''
  return text === '' ? { failed: child.stderr?.toString() ?? child.error } : JSON.parse(text)
}

function whyNotAsNobody(): string | undefined {
  if (process.getuid?.() !== 0) return 'it takes root to become another user'
  const script = `import '${import.meta.dirname}/open.ts'`
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { uid: 65_534, gid: 65_534 })
  return child.status === 0 ? undefined : 'this checkout cannot be read by another user'
}

describe('migrations', () => {
  const shipped = shippedMigrations()
  const newest = shipped.at(-1)?.version ?? 0
  const next = {
    version: newest + 1,
    name: '9999-note.sql',
    sql: `alter table event add column note text; update event set note = 'old';`,
  }

  test('ship numbered without a gap', () => {
    expect(shipped.map(({ version }) => version)).toEqual(shipped.map((_, index) => index + 1))
  })

  test('bring an older state up to date and keep its content', () => {
    closed()
    const opening = open({ migrations: [...shipped, next] })
    if (!opening.ok) throw new Error(opening.sentence)
    expect(opening.store.load().hosts).toEqual({ pve1: hostRecord('pve1', 3) })
    expect(opening.store.commit([], [told('after')])).toEqual({ ok: true })
    opening.store.close()
    expect(open()).toMatchObject({ ok: false, code: 'newer-schema' })
  })

  test('one that fails leaves no trace, and the older program still works', () => {
    closed()
    const broken = { ...next, sql: `${next.sql} insert into nowhere values (1);` }
    const opening = open({ migrations: [...shipped, broken] })
    expect(opening).toMatchObject({ ok: false, code: 'migration' })
    expect(opening).toHaveProperty('sentence', expect.stringContaining(`schema ${newest + 1} (9999-note.sql)`))
    const store = openOrFail(directory)
    expect(store.load().hosts).toEqual({ pve1: hostRecord('pve1', 3) })
    store.close()
    expect(readdirSync(directory).map((name) => basename(name))).toEqual(['state.sqlite'])
  })

  test('a state from before the alerts is taken over whole, and takes alerts', async () => {
    versionOne()
    const store = openOrFail(directory)
    expect(store.load().hosts).toEqual({ pve1: hostRecord('pve1', 3) })
    expect(store.events({ limit: 1 })).toMatchObject({ events: [{ id: 7, sentence: 'before the alerts' }] })
    expect(store.commit([putHost('pve2')], [told('after')])).toEqual({ ok: true })
    expect(await store.alerts.accept([alertUpdate()], 1)).toEqual({ ok: true })
    store.close()
    const again = openOrFail(directory)
    expect(again.alerts.inboxSize()).toBe(1)
    expect(Object.keys(again.load().hosts)).toEqual(['pve1', 'pve2'])
    again.close()
  })

  test('a state whose alerts are missing was tampered with: moved aside like any damage', () => {
    closed()
    const database = new DatabaseSync(file)
    database.exec('drop table delivery_event')
    database.close()
    expectRecovered({ [ASIDE]: readFileSync(file) })
  })

  /** As the first version of the program wrote it. */
  function versionOne(): void {
    const database = new DatabaseSync(file)
    database.exec(`pragma journal_mode = wal; ${shipped[0]?.sql}`)
    database.exec(`pragma application_id = ${APPLICATION_ID}; pragma user_version = 1`)
    const host = JSON.stringify(hostRecord('pve1', 3))
    database.prepare(`insert into entity values ('hosts', 'pve1', ?)`).run(host)
    database.exec(
      `insert into event (id, wall_ms, boot_id, mono_ms, code, severity, sentence)
       values (7, 1, 'b', 1, 'host-up', 'info', 'before the alerts')`,
    )
    database.close()
  }
})
