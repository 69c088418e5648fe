import { expect } from 'vitest'
import { type ConditionName, OWN_ALERTS } from '../../src/core/alerts/own/table.ts'
import { MINUTE } from '../faces/clock.ts'
import { type Announced, Rig } from './rig.ts'

/** How an alert begins and ends, in one example. */
export type Example = {
  readonly name: ConditionName
  readonly labels: Readonly<Record<string, string>>
  readonly begin: (rig: Rig) => Announced
  readonly why: string
  readonly end: (rig: Rig) => Announced
  readonly over: string
}

/** It fires in its time, once, with its labels and words; and it ends so. */
export function playExample({ name, labels, begin, why, end, over }: Example): void {
  const rig = new Rig()
  const { severity, forMs, keepFiringMs } = OWN_ALERTS[name]
  const mine = (announced: Announced) => announced.alerts.filter((alert) => alert.labels.alertname === name)
  const begun = mine(begin(rig))
  if (forMs > 0) {
    expect(begun).toEqual([])
    expect(rig.wakeInMs).toBeLessThanOrEqual(forMs)
    rig.pass(forMs - 1)
    expect(mine(rig.change())).toEqual([])
    rig.pass(1)
  }
  const [fired] = forMs > 0 ? mine(rig.change()) : begun
  expect(fired).toMatchObject({ kind: 'alert', source: 'own', status: 'firing', severity, startsMs: rig.now.wallMs })
  expect(fired?.labels).toEqual({ alertname: name, severity, ...labels, source: 'proxmox-watchdog' })
  expect(fired?.annotations.description).toContain(why)
  expect(fired?.annotations.runbook_url).toBe(`docs/runbook.md#${name.toLowerCase()}`)
  expect(mine(rig.change())).toEqual([])

  rig.pass(20 * MINUTE)
  const overMs = rig.now.wallMs
  const ended = mine(end(rig))
  if (keepFiringMs > 0) {
    expect(ended).toEqual([])
    expect(rig.wakeInMs).toBeLessThanOrEqual(keepFiringMs)
    rig.pass(keepFiringMs)
  }
  const [resolved] = keepFiringMs > 0 ? mine(rig.change()) : ended
  const annotations = { ...fired?.annotations, description: over }
  expect(resolved).toEqual({ ...fired, status: 'resolved', endsMs: overMs, annotations })
  expect(mine(rig.change())).toEqual([])
}
