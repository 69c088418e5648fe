import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { AlertUpdate } from '../../core/alerts/types.ts'
import { fromProxmox } from './proxmox.ts'

const NOW = Date.UTC(2025, 2, 1, 12)
const TEMPLATE = /```json\n([\s\S]*?"fields"[\s\S]*?)```/.exec(
  readFileSync(new URL('../../../docs/hooks.md', import.meta.url), 'utf8'),
)?.[1] as string

type Notification = {
  readonly title: string
  readonly message: string
  readonly severity: string
  readonly timestamp: number
  readonly fields: Readonly<Record<string, string>>
}

/** What the target's engine does: nothing is escaped unasked, `escape` and `json` are those of serde_json. */
function rendered(notification: Notification): string {
  return TEMPLATE.replace(/\{\{ (?:(escape|json) )?(\w+) \}\}/g, (_, how: string | undefined, name: string) => {
    const value = notification[name as keyof Notification]
    if (how === 'json') return JSON.stringify(value)
    return how === 'escape' ? JSON.stringify(value).slice(1, -1) : String(value)
  })
}

const notification = (over: Partial<Notification> = {}): Notification => ({
  title: 'vzdump backup status (pve1): backup failed',
  message: 'Details\n=======\nVMID  Name  Status\n101   "web\\1"  err\t\u0007',
  severity: 'error',
  timestamp: 1_740_830_000,
  fields: { type: 'vzdump', hostname: 'pve1', 'job-id': 'backup-17' },
  ...over,
})

const told = (over: Partial<Notification> = {}) =>
  fromProxmox(JSON.parse(rendered(notification(over))), NOW).incoming[0] as AlertUpdate

describe('a notification of Proxmox', () => {
  it('comes through the template of the documentation as it was', () => {
    expect(told()).toEqual({
      kind: 'alert',
      source: 'proxmox',
      status: 'notice',
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      labels: {
        alertname: 'ProxmoxBackupFailed',
        severity: 'error',
        host: 'pve1',
        hostname: 'pve1',
        type: 'vzdump',
        job_id: 'backup-17',
        title: 'vzdump backup status (pve1): backup failed',
      },
      annotations: {
        summary: 'vzdump backup status (pve1): backup failed',
        description: notification().message.trim(),
      },
      severity: 'critical',
      startsMs: 1_740_830_000_000,
    })
  })

  it.each([
    ['info', 'info'],
    ['notice', 'info'],
    ['warning', 'warning'],
    ['error', 'critical'],
    ['unknown', 'warning'],
    ['something new', 'warning'],
  ])('of severity %s is %s', (severity, meant) => {
    expect(told({ severity }).severity).toBe(meant)
  })

  it.each([
    ['vzdump', 'info', 'ProxmoxBackup'],
    ['fencing', 'error', 'ProxmoxFencing'],
    ['replication', 'error', 'ProxmoxReplicationFailed'],
    ['package-updates', 'info', 'ProxmoxPackageUpdates'],
    ['system-mail', 'unknown', 'ProxmoxSystemMail'],
    ['gc', 'error', 'ProxmoxGcFailed'],
    ['tape-backup', 'info', 'ProxmoxTapeBackup'],
    ['', 'info', 'ProxmoxNotification'],
    ['__proto__', 'info', 'ProxmoxProto'],
  ])('of type %s and severity %s is called %s', (type, severity, name) => {
    expect(told({ severity, fields: { type } }).labels.alertname).toBe(name)
  })

  it('is another one where only the title differs', () => {
    const mail = (title: string) => told({ title, fields: { type: 'system-mail' } }).fingerprint
    expect(mail('SMART error on sda')).not.toBe(mail('SMART error on sdb'))
  })

  it('is taken with less than the template gives', () => {
    const bare = (payload: unknown) => fromProxmox(payload, NOW).incoming[0]
    expect(bare({ title: 'Test notification' })).toMatchObject({ severity: 'warning', startsMs: NOW })
    expect(bare({ message: 'first line\nsecond' })).toMatchObject({ annotations: { summary: 'first line' } })
    expect(bare({ title: 'x', timestamp: '1740830000' })).toMatchObject({ startsMs: 1_740_830_000_000 })
    expect(bare({ title: 'x', fields: null, more: [1] })).toMatchObject({ extra: { more: [1] } })
    expect(bare({ title: 'x', fields: { 'a b': 5, '1x': true } })).toMatchObject({ labels: { a_b: '5', _1x: 'true' } })
  })

  it('keeps a long log within bounds', () => {
    const { annotations } = told({ message: 'line\n'.repeat(100_000) })
    expect(annotations.description?.length).toBe(8192)
    expect(annotations.watchdog_cut).toBe('annotations shortened: 1')
  })

  it.each([
    [null, 'an object is expected'],
    [{}, 'title: it is missing'],
    [{ title: 5 }, 'title: a text is expected'],
    [{ title: 'x', severity: 5 }, 'severity: a text'],
    [{ title: 'x', fields: 'type=vzdump' }, 'fields: an object is expected, by {{ json fields }}'],
    [{ title: 'x', timestamp: 'now' }, 'timestamp: seconds'],
    [{ title: 'x', timestamp: -1 }, 'timestamp: seconds'],
    [{ title: 'x', timestamp: 5e-324 }, 'timestamp: seconds'],
    [{ title: 'x', timestamp: 1e300 }, 'timestamp: seconds'],
  ])('is refused as %j', (payload, reason) => {
    const { incoming, reasons } = fromProxmox(payload, NOW)
    expect(incoming).toEqual([])
    expect(reasons[0]).toContain(reason)
  })
})
