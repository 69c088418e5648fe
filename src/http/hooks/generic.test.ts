import { describe, expect, it } from 'vitest'
import { fingerprintOf } from '../../core/alerts/fingerprint.ts'
import type { AlertUpdate } from '../../core/alerts/types.ts'
import { fromGeneric } from './generic.ts'

const NOW = Date.UTC(2025, 2, 1, 12)
const told = (payload: object) => fromGeneric(payload, NOW).incoming[0] as AlertUpdate

describe('an alert of a script', () => {
  it('needs no more than a title', () => {
    expect(told({ title: 'Disk full' })).toEqual({
      kind: 'alert',
      source: 'generic',
      status: 'notice',
      fingerprint: fingerprintOf({ alertname: 'Disk full' }),
      labels: { alertname: 'Disk full' },
      annotations: { summary: 'Disk full' },
      severity: 'warning',
      startsMs: NOW,
    })
  })

  it('may say everything', () => {
    const update = told({
      status: 'resolved',
      title: 'Disk full',
      labels: { alertname: 'DiskFull', host: 'nas' },
      severity: 'page',
      summary: 'The disk is full',
      description: 'Again.',
      annotations: { ticket: '17' },
      runbookUrl: 'https://wiki/disk',
      link: 'http://nas/',
      startsAt: '2025-03-01T11:00:00+01:00',
      endsAt: '2025-03-01T11:30:00Z',
    })
    expect(update).toMatchObject({
      status: 'resolved',
      labels: { alertname: 'DiskFull', host: 'nas' },
      annotations: {
        summary: 'The disk is full',
        description: 'Again.',
        ticket: '17',
        runbook_url: 'https://wiki/disk',
      },
      severity: 'critical',
      link: 'http://nas/',
      startsMs: Date.UTC(2025, 2, 1, 10),
      endsMs: Date.UTC(2025, 2, 1, 11, 30),
    })
  })

  it('is resolved by the same title and labels, whatever its severity', () => {
    const fired = told({ title: 'X', labels: { host: 'a' }, severity: 'critical', status: 'firing' })
    const resolved = told({ labels: { host: 'a' }, title: 'X', status: 'resolved' })
    expect(resolved).toMatchObject({ fingerprint: fired.fingerprint, endsMs: NOW })
    expect(fired.endsMs).toBeUndefined()
  })

  it('is cut rather than refused where it is long', () => {
    expect(told({ title: 'X', description: 'y'.repeat(20_000) }).annotations.watchdog_cut).toBeDefined()
  })

  it.each([
    [null, ''],
    [[], ''],
    [{}, 'title'],
    [{ title: '' }, 'title'],
    [{ labels: { alertname: '' } }, 'title'],
    [{ title: 'X', sumary: 'y' }, 'sumary'],
    [{ title: 'X', status: 'on' }, 'status'],
    [{ title: 'X', severity: 'purple' }, 'severity'],
    [{ title: 'X', severity: 3 }, 'severity'],
    [{ title: 'X', labels: { host: 5 } }, 'labels.host'],
    [{ title: 'X', labels: 'host=a' }, 'labels'],
    [{ title: 'X', link: 'javascript:alert(1)' }, 'link'],
    [{ title: 'X', startsAt: 'yesterday' }, 'startsAt'],
    [{ title: 'X', startsAt: '2025-13-45T00:00:00Z' }, 'startsAt'],
    [{ title: 'X', status: 'firing', endsAt: '2025-03-01T11:30:00Z' }, 'endsAt'],
  ])('is refused as %j with the name of the field', (payload, field) => {
    const { incoming, reasons } = fromGeneric(payload, NOW)
    expect(incoming).toEqual([])
    expect(reasons.join()).toContain(field)
    expect(reasons.join()).not.toBe('')
  })
})
