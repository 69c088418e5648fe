import { beforeEach, expect, test } from 'vitest'
import type { AlertRows } from '../../ports/alert-store.ts'
import type { SqliteAlertStore } from './alert-store.ts'
import { alertsInMemory, within } from './samples.ts'

let alerts: SqliteAlertStore
let database: ReturnType<typeof alertsInMemory>['database']
beforeEach(() => {
  ;({ alerts, database } = alertsInMemory())
})
const rows = <T>(work: (all: AlertRows) => T): T => within(alerts, work)
const shown = (incident: number, channel = 'discord') => rows((all) => all.messageOf(channel, incident))

test('the message that shows an incident, with all that it shows', () => {
  rows((all) => all.putMessage('discord', 'm1', [3, 1, 3], 1))
  rows((all) => all.putMessage('ntfy', 'm1', [1], 1))
  expect(shown(3)).toEqual({ ref: 'm1', incidents: [3, 1] })
  expect(shown(1, 'ntfy')).toEqual({ ref: 'm1', incidents: [1] })
  expect([shown(2), shown(3, 'ntfy')]).toEqual([undefined, undefined])
})

test('an edit replaces what it shows', () => {
  rows((all) => all.putMessage('discord', 'm1', [1, 2], 1))
  rows((all) => all.putMessage('discord', 'm1', [2, 4], 2))
  expect([shown(1), shown(4)]).toEqual([undefined, { ref: 'm1', incidents: [2, 4] }])
})

test('what was posted anew is the one, also when the older one is edited afterwards', () => {
  rows((all) => {
    all.putMessage('discord', 'm1', [1, 2], 1)
    all.putMessage('discord', 'm2', [1], 2)
    all.putMessage('discord', 'm1', [1, 2], 3)
  })
  expect([shown(1)?.ref, shown(2)?.ref]).toEqual(['m2', 'm1'])
})

test('one that is gone is forgotten, and the older one shows it again', () => {
  rows((all) => {
    all.putMessage('discord', 'm1', [1], 1)
    all.putMessage('discord', 'm2', [1], 2)
    all.putMessage('ntfy', 'm2', [1], 2)
    all.forgetMessage('discord', 'm2')
    all.forgetMessage('discord', 'never')
  })
  expect([shown(1)?.ref, shown(1, 'ntfy')?.ref]).toEqual(['m1', 'm2'])
  rows((all) => all.forgetMessage('discord', 'm1'))
  expect(shown(1)).toBeUndefined()
  expect(database.prepare('select count(*) as count from message_incident').get()).toEqual({ count: 1 })
})

test('small records are kept by kind and key, until they are forgotten', () => {
  rows((all) => {
    all.keep('heartbeat', 'b', { periodMs: 5, list: [1, null] })
    all.keep('heartbeat', 'a', 'text')
    all.keep('drill', 'a', 1)
    all.keep('heartbeat', 'b', { periodMs: 6 })
    all.keep('channel', '__proto__', undefined)
  })
  expect(rows((all) => all.kept('heartbeat'))).toEqual([
    ['a', 'text'],
    ['b', { periodMs: 6 }],
  ])
  expect(rows((all) => [all.kept('channel'), all.kept('relay')])).toEqual([[['__proto__', null]], []])
  rows((all) => {
    all.forget('heartbeat', 'a')
    all.forget('heartbeat', 'never')
  })
  expect(rows((all) => [all.kept('heartbeat').length, all.kept('drill')])).toEqual([1, [['a', 1]]])
})
