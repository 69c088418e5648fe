import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Claim, Intent } from '../core/power/types.ts'
import type { Change, HostRecord, Told } from '../core/state/types.ts'
import type { At } from '../core/time.ts'
import type { Breadcrumb } from '../ports/journal.ts'
import { openStore, type StoreOptions } from './open.ts'
import type { Store } from './store.ts'

/** Records for the tests of the store, and an open store without ceremony. */
export const BASE_WALL_MS = Date.UTC(2026, 0, 15, 3, 0, 0)

export function atOf(ms: number): At {
  return { wallMs: BASE_WALL_MS + ms, bootId: 'boot-1', monoMs: 1000.25 + ms }
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'watchdog-store-'))
}

export function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true })
}

export function openOrFail(directory: string, more: Partial<StoreOptions> = {}): Store {
  const opening = openStore({ directory, now: () => atOf(0), ...more })
  if (!opening.ok) throw new Error(opening.sentence)
  return opening.store
}

export function hostRecord(host: string, cycles = 0): HostRecord {
  return { host, cycleTimes: Array.from({ length: cycles }, (_, index) => atOf(index)) }
}

export function putHost(host: string, cycles = 0): Change {
  return { collection: 'hosts', key: host, value: hostRecord(host, cycles) }
}

export const claim: Claim = {
  id: 'c1',
  revision: 1,
  target: 'pve1',
  purpose: 'recovery',
  by: 'recovery',
  reason: 'down for 3 rounds',
  goal: 'cycle',
  blocks: [],
  until: 'release',
  madeAt: atOf(0),
}

export const intent: Intent = {
  id: 'i1',
  target: 'pve1',
  kind: 'cycle',
  purpose: 'recovery',
  reason: 'down for 3 rounds',
  level: 0,
  epoch: 1,
  claim: { id: 'c1', revision: 1 },
  mappingHash: 'abc',
  legs: [{ ref: { device: 'strip', outlet: '0' }, step: 'planned', attempts: 0 }],
  basis: ['icmp: no answer'],
  barrier: 'checking',
  createdAt: atOf(0),
  holdMs: 600_000,
}

export function told(sentence: string, more: Partial<Told> = {}): Told {
  return { code: 'host-down', severity: 'critical', at: atOf(0), host: 'pve1', sentence, ...more }
}

export function breadcrumb(more: Partial<Breadcrumb> = {}): Breadcrumb {
  return {
    intent: 'i1',
    target: 'pve1',
    device: 'strip',
    outlet: '0',
    reason: 'down',
    offAtWallMs: BASE_WALL_MS,
    bootId: 'boot-1',
    offAtMonoMs: 5.5,
    holdMs: 600_000,
    ...more,
  }
}
