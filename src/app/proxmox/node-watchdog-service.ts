import type { HappeningCode } from '../../core/codes.ts'
import { type DisarmRow, keyOf } from '../../core/node-watchdog/types.ts'
import type { Event } from '../../core/state/types.ts'
import { NodeWatchdogDesk } from '../../engine/node-watchdog/desk.ts'
import { keptDisarms } from '../../engine/node-watchdog/kept-disarms.ts'
import type { AlertStore } from '../../ports/alert-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterWatch } from '../../ports/cluster.ts'
import type { NodeShell } from '../../ports/node-shell.ts'
import { createNodeShell } from '../../ssh/node-shell.ts'
import type { ConfiguredCluster } from './configured.ts'

export type NodeWatchdogServiceParts = {
  readonly clock: Clock
  /** Where the deadlines are remembered. */
  readonly store: Pick<AlertStore, 'transact'>
  readonly feed: (event: Event) => void
  readonly watches: () => readonly ClusterWatch[]
}

const CODES = {
  begun: 'node-watchdog-disarming',
  disarmed: 'node-watchdog-disarmed',
  armed: 'node-watchdog-armed',
  trouble: 'node-watchdog-trouble',
} as const satisfies Record<string, HappeningCode>

/** Disarms and arms the watchdogs of the configured clusters' nodes, and tells what came of it. */
export class NodeWatchdogService {
  readonly desk: NodeWatchdogDesk
  readonly #parts: NodeWatchdogServiceParts
  #shells: readonly NodeShell[] = []

  constructor(parts: NodeWatchdogServiceParts) {
    this.#parts = parts
    this.desk = new NodeWatchdogDesk({
      clock: parts.clock,
      store: keptDisarms(parts.store),
      watches: parts.watches,
      shells: () => this.#shells,
      told: (_row, sentence, kind) => parts.feed({ kind: 'noted', code: CODES[kind], sentence }),
      late: (row, sentence) => this.#late(row, sentence),
    })
  }

  get shells(): readonly NodeShell[] {
    return this.#shells
  }

  use(clusters: readonly ConfiguredCluster[]): void {
    this.#shells = clusters.flatMap(({ settings, ssh }) =>
      ssh === undefined ? [] : [createNodeShell(settings.cluster, ssh)],
    )
  }

  #late(row: DisarmRow, sentence: string | undefined): void {
    this.#parts.feed({
      kind: 'observed',
      name: 'WatchdogNodeLeftDisarmed',
      subject: keyOf(row),
      holds: sentence !== undefined,
      sentence: sentence ?? '',
    })
  }
}
