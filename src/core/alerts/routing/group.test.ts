import { expect, test } from 'vitest'
import { groupOf } from './group.ts'

const alert = { labels: { alertname: 'HostDown', host: 'pve1' }, severity: 'critical' as const }

test('a group is of equal labels, equally loud, and held for the same reason', () => {
  const group = groupOf('group', alert, ['alertname'])
  expect(groupOf('group', { ...alert, labels: { alertname: 'HostDown', host: 'pve2' } }, ['alertname'])).toBe(group)
  expect(groupOf('group', { ...alert, labels: { alertname: 'HostWedged' } }, ['alertname'])).not.toBe(group)
  expect(groupOf('group', { ...alert, severity: 'warning' }, ['alertname'])).not.toBe(group)
  expect(groupOf('quiet-hours', alert, ['alertname'])).not.toBe(group)
  expect(groupOf('group', alert, ['host', 'constructor'])).toBe(JSON.stringify(['group', 'critical', 'pve1', '']))
})

test('what a label holds cannot make two groups one', () => {
  const of = (a: string, b: string) => groupOf('group', { ...alert, labels: { a, b } }, ['a', 'b'])
  expect(of('x","y', '')).not.toBe(of('x', 'y'))
})
