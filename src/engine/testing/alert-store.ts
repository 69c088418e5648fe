import type { Delivery, Incident, Incoming } from '../../core/alerts/types.ts'
import type {
  AlertRows,
  AlertStore,
  ChannelQueue,
  DeliveryQuery,
  IncidentQuery,
  OldestWaiting,
  Transacted,
} from '../../ports/alert-store.ts'
import type { CommitOutcome } from '../../ports/journal.ts'
import { MemoryAlertRows } from './alert-rows.ts'

const FULL = { ok: false, code: 'full', sentence: 'The disk is full.' } as const

/** The alert path's memory without a disk: what it holds outlives whoever uses it, as a file does. */
export class MemoryAlertStore implements AlertStore {
  readonly rows = new MemoryAlertRows()
  /** While set, nothing can be written. */
  full = false
  commits = 0
  #within = false

  async accept(incoming: readonly Incoming[], receivedMs: number): Promise<CommitOutcome> {
    await Promise.resolve()
    if (incoming.length === 0) return { ok: true }
    const done = this.transact(() => void this.rows.inboxRows.insert({ receivedMs, incoming }))
    return done.ok ? { ok: true } : done
  }

  transact<T>(work: (rows: AlertRows) => T): Transacted<T> {
    if (this.#within) throw new TypeError('a transaction within a transaction')
    this.#within = true
    try {
      const value = work(this.rows)
      if (this.full) {
        this.rows.log.rollBack()
        return FULL
      }
      this.rows.log.forget()
      this.commits += 1
      return { ok: true, value }
    } catch (error) {
      this.rows.log.rollBack()
      throw error
    } finally {
      this.#within = false
    }
  }

  listIncidents({ status, limit, beforeId = Number.MAX_SAFE_INTEGER }: IncidentQuery): readonly Incident[] {
    return [...this.rows.incidentRows.all()]
      .filter((row) => row.id < beforeId && (status === undefined || row.status === status))
      .reverse()
      .slice(0, limit)
  }

  listDeliveries(query: DeliveryQuery): readonly Delivery[] {
    const { states, channel, incident, limit, beforeId = Number.MAX_SAFE_INTEGER } = query
    const about = new Set<number>()
    for (const event of this.rows.delivered.all()) if (event.incident === incident) about.add(event.of)
    return [...this.rows.deliveryRows.all()]
      .filter(
        (row) =>
          row.id < beforeId &&
          (states === undefined || states.includes(row.state)) &&
          (channel === undefined || row.channel === channel) &&
          (incident === undefined || about.has(row.id)),
      )
      .reverse()
      .slice(0, limit)
  }

  queues(): readonly ChannelQueue[] {
    const queues = new Map<string, { channel: string; queued: number; dead: number; oldestMs?: number }>()
    for (const { channel, state, createdMs } of this.rows.deliveryRows.all()) {
      const queue = queues.get(channel) ?? { channel, queued: 0, dead: 0 }
      queues.set(channel, queue)
      if (state === 'dead') queue.dead += 1
      if (state !== 'queued' && state !== 'sending') continue
      queue.queued += 1
      queue.oldestMs = Math.min(queue.oldestMs ?? createdMs, createdMs)
    }
    return [...queues.values()]
  }

  inboxSize(): number {
    return [...this.rows.inboxRows.all()].length
  }

  oldestWaiting(): OldestWaiting {
    const deliveries = [...this.rows.deliveryRows.all()]
    const taken = new Set(
      deliveries
        .filter(({ state }) => state === 'delivered' || state === 'merged')
        .map(({ notification }) => notification),
    )
    const critical = deliveries.find(
      ({ state, severity, notification }) =>
        (state === 'queued' || state === 'sending') &&
        (severity === 'critical' || severity === 'emergency') &&
        !taken.has(notification),
    )
    const [first] = this.rows.inboxRows.all()
    return {
      ...(critical === undefined ? {} : { criticalMs: critical.createdMs }),
      ...(first === undefined ? {} : { inboxMs: first.receivedMs }),
    }
  }
}
