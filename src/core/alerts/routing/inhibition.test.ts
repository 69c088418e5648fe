import { describe, expect, test } from 'vitest'
import type { InhibitionPolicy } from '../policy.ts'
import type { AlertSeverity, Labels } from '../types.ts'
import { foldedBy, foldsBy } from './inhibition.ts'
import { routingOf } from './routing.ts'

const routing = (...inhibitions: InhibitionPolicy[]) =>
  routingOf({
    channels: [],
    receivers: [],
    routes: [],
    inhibitions,
    groupWaitMs: 0,
    groupBy: [],
    remindEveryMs: 0,
    expireAfterMs: 0,
    disabled: [],
  })

const alert = (alertname: string, labels: Labels = {}, severity: AlertSeverity = 'critical') => ({
  labels: { alertname, ...labels },
  severity,
})

/** Whether `source` folds `target`. */
const folds = (rule: InhibitionPolicy, source: ReturnType<typeof alert>, target: ReturnType<typeof alert>) => {
  const keys = new Set(foldsBy(routing(rule), source))
  return foldedBy(routing(rule), target).some((key) => keys.has(key))
}

const dead: InhibitionPolicy = {
  source: ['alertname=HostDown'],
  target: ['alertname!=HostDown'],
  equal: ['host', 'host=node', 'host=instance'],
}

describe('a dead host folds', () => {
  test.each<[string, Labels, boolean]>([
    ['what bears its name', { host: 'pve1' }, true],
    ['what bears it by another label', { node: 'pve1' }, true],
    ['an exporter on it', { instance: 'pve1:9100' }, true],
    ['nothing of another host', { host: 'pve2' }, false],
    ['nothing of another host whose name begins alike', { instance: 'pve10:9100' }, false],
    ['nothing that names no host', { guest: '100' }, false],
    ['nothing by an empty name', { host: '', node: '' }, false],
    ['by one pair that agrees, though another does not', { host: 'pve2', node: 'pve1' }, true],
  ])('%s', (_, labels, expected) => {
    expect(folds(dead, alert('HostDown', { host: 'pve1' }), alert('GuestDown', labels))).toBe(expected)
  })

  test('an instance is compared without its port, an address of version 6 without its brackets', () => {
    const rule = { ...dead, equal: ['host=instance'] }
    const to = (instance: string, host: string) =>
      folds(rule, alert('HostDown', { host }), alert('ServiceDown', { instance }))
    expect(to('192.0.2.1:9100', '192.0.2.1')).toBe(true)
    expect(to('[2001:db8::1]:9100', '2001:db8::1')).toBe(true)
    expect(to('2001:db8::1', '2001:db8::1')).toBe(true)
    expect(to('pve1', 'pve1')).toBe(true)
    expect(to('pve1:http', 'pve1')).toBe(false)
  })

  test('no emergency', () => {
    expect(folds(dead, alert('HostDown', { host: 'pve1' }), alert('OnFailed', { host: 'pve1' }, 'emergency'))).toBe(
      false,
    )
  })

  test('nothing that is a source of the same rule: two could silence each other', () => {
    const rule = { source: ['severity=critical'], target: ['host=~.+'], equal: ['host'] }
    expect(folds(rule, alert('A', { host: 'pve1' }), alert('B', { host: 'pve1' }))).toBe(false)
    expect(folds(rule, alert('A', { host: 'pve1' }), alert('B', { host: 'pve1' }, 'warning'))).toBe(true)
    expect(folds(rule, alert('A', { host: 'pve1' }, 'warning'), alert('B', { host: 'pve1' }, 'warning'))).toBe(false)
  })
})

test('a rule without pairs folds all that it matches', () => {
  const rule = { source: ['alertname=Maintenance'], target: ['severity=warning'], equal: [] }
  expect(folds(rule, alert('Maintenance'), alert('Disk', {}, 'warning'))).toBe(true)
  expect(folds(rule, alert('Maintenance'), alert('Disk'))).toBe(false)
})

test('rules do not mix', () => {
  const both = routing(dead, { source: ['alertname=StorageDown'], target: ['alertname=GuestDown'], equal: ['storage'] })
  const sources = new Set(foldsBy(both, alert('StorageDown', { host: 'pve1', storage: 'nfs' })))
  expect(foldedBy(both, alert('GuestDown', { host: 'pve1' })).some((key) => sources.has(key))).toBe(false)
  expect(foldedBy(both, alert('GuestDown', { storage: 'nfs' })).some((key) => sources.has(key))).toBe(true)
})

test('a rule that cannot be read folds nothing', () => {
  expect(folds({ ...dead, source: ['host=~('] }, alert('HostDown', { host: 'a' }), alert('X', { host: 'a' }))).toBe(
    false,
  )
})
