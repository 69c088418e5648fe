import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkAlertmanager } from '../../../src/alertmanager/check.ts'
import { receiverText } from '../../../src/alertmanager/receiver-text.ts'
import { resolve } from '../../../src/alertmanager/routes.ts'
import { readAlertmanager } from '../../../src/cli/read-alertmanager.ts'
import { missingPeers, peer } from '../../peers/find-peer.ts'

const reason = missingPeers('amtool')
if (reason !== undefined) console.warn(`skipped: what Alertmanager's own amtool says of the golden files: ${reason}`)

const folder = import.meta.dirname
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.yml'))
  .map((name) => basename(name, '.yml'))
const OPTIONS = { deadMan: 'Watchdog', relays: [] }

function amtool(...args: string[]) {
  const found = peer('amtool')
  if ('missing' in found) throw new Error(found.missing)
  return spawnSync(found.path, args, { encoding: 'utf8' })
}

const ALERTS: readonly Record<string, string>[] = [
  { alertname: 'Watchdog', severity: 'none' },
  { alertname: 'AnyCriticalAlert', severity: 'critical' },
  { alertname: 'HostDown', severity: 'critical', host: 'pve12', team: 'DB' },
  { alertname: 'HostDown', severity: 'warning', host: 'pve', team: 'db' },
  { alertname: 'X', severity: 'info', team: 'web' },
  { alertname: 'X', team: 'dbx' },
  { alertname: 'X', team: "''" },
  { alertname: 'X', severity: 'warning', note: 'a, b \\ "c"' },
]
// What Alertmanager 0.25 refuses for a reason that is no trap: this is no validator.
const STRICTER = new Set(['url-in-a-file', 'wrong-shapes-within'])

describe.skipIf(reason)('amtool agrees', () => {
  const directory = mkdtempSync(join(tmpdir(), 'amtool-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it.each(cases)('on %s', (name) => {
    const file = join(folder, `${name}.yml`)
    const read = readAlertmanager(readFileSync(file, 'utf8'), file)
    const valid = amtool('check-config', file)
    if (!read.ok) return expect([valid.status, valid.stdout]).not.toEqual([0, ''])
    const { findings, model } = checkAlertmanager(read.source, OPTIONS)
    const refused = findings.filter(({ why }) => why.includes('refuses the whole file')).map(({ code }) => code)
    if (!STRICTER.has(name))
      expect([refused.length > 0, valid.stdout + valid.stderr]).toEqual([valid.status !== 0, expect.any(String)])
    if (valid.status !== 0) return
    for (const labels of ALERTS) {
      const pairs = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      const tested = amtool('config', 'routes', 'test', `--config.file=${file}`, ...pairs)
      expect([tested.stderr.replace(/^Warning: .*\n/, ''), tested.status]).toEqual(['', 0])
      const ours = resolve(model.route, labels).map(({ receiver }) => receiver)
      expect([labels, ours.join(',')]).toEqual([labels, tested.stdout.trim()])
    }
  })

  it('that the receiver to paste is one, with any addresses', () => {
    for (const [a, b, deadMan] of [
      [undefined, undefined, 'Watchdog'],
      ['http://10.0.0.7:8000', 'https://relay.example.org/watchdog/hooks/alertmanager', 'It\'s "dead" \\'],
    ] as const) {
      const text = receiverText({ a, b }, deadMan)
      const file = join(directory, 'pasted.yml')
      writeFileSync(file, text)
      expect(amtool('check-config', file)).toMatchObject({ status: 0, stdout: expect.stringContaining('1 receivers') })
      const read = readAlertmanager(text, file)
      const report = read.ok ? checkAlertmanager(read.source, { deadMan, relays: [] }) : undefined
      expect(report?.findings).toEqual([])
      expect(report?.deadMan).toEqual([{ receiver: 'proxmox-watchdog', tellsSomebody: true, everyMs: 60_000 }])
    }
  })
})
