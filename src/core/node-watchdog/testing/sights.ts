import { type At, later } from '../../time.ts'
import type { InsideFacts } from '../inside.ts'
import type { DisarmRow, Sight } from '../types.ts'

export const NOW: At = { wallMs: 1_800_000_000_000, bootId: 'ours', monoMs: 10_000_000 }

/** As a fresh node is: watchdog-mux holds softdog, with no client. */
export function inside(more: Partial<InsideFacts> = {}): InsideFacts {
  return {
    root: true,
    marker: false,
    deviceNode: true,
    holders: [{ device: '/dev/watchdog', pid: 77, command: 'watchdog-mux' }],
    devices: [{ name: 'watchdog0', identity: 'Software Watchdog', timeoutS: 10, state: 'active', nowayout: false }],
    modules: [{ name: 'softdog', parameters: { nowayout: '0' } }],
    units: { 'watchdog-mux': { enabled: 'enabled', active: 'active', pid: 77 } },
    ...more,
  }
}

export const masked = (pid: number) => ({ 'watchdog-mux': { enabled: 'masked', active: 'inactive', pid } })

export function sight(more: Partial<Sight> = {}): Sight {
  return {
    now: NOW,
    trusted: true,
    armed: 'armed',
    services: ['vm:100'],
    holding: ['pve1', 'pve2'],
    known: true,
    online: true,
    costsQuorum: false,
    reached: true,
    others: [],
    ...more,
  }
}

export function row(more: Partial<DisarmRow> = {}): DisarmRow {
  const forGood = more.forGood ?? false
  return {
    cluster: 'home',
    node: 'pve1',
    goal: 'disarmed',
    forGood,
    mode: 'freeze',
    by: 'cli:anna',
    madeAt: NOW,
    ...(forGood ? {} : { forMs: 7_200_000, rearmAt: later(NOW, 7_200_000) }),
    acceptsQuorumLoss: false,
    haAsked: false,
    muxTouched: false,
    since: NOW,
    note: '',
    ...more,
  }
}
