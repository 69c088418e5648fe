import type { MuteCause } from '../../core/alerts/incidents/muting.ts'
import type { NewIncident } from '../../core/alerts/incidents/step.ts'
import { foldedBy, foldsBy } from '../../core/alerts/routing/inhibition.ts'
import type { Routing } from '../../core/alerts/routing/routing.ts'
import { type ReadSilence, readSilence, silenceOf } from '../../core/alerts/routing/silences.ts'
import type { AlertSeverity, Incident } from '../../core/alerts/types.ts'
import type { AlertRows } from '../../ports/alert-store.ts'

const PAGE = 500
/** Of folded into folded into ...; a longer chain is a circle. */
const MOST_FOLDS = 8
/** Of many sources that agree any is as good as another. */
const MOST_TRIED = 64

type Firing = { readonly severity: AlertSeverity; readonly keys: readonly string[]; readonly foldedInto?: number }

/**
 * What mutes an alert: the silences, and the incidents that fire and fold others. Kept in memory by ids and keys only, and
 * read from disk again after a transaction that failed, or a new configuration.
 */
export class Muting {
  #routing: Routing | undefined
  #silences: readonly ReadSilence[] = []
  #silenceIds: ReadonlySet<number> = new Set()
  #touched = false
  readonly #firing = new Map<number, Firing>()
  readonly #sources = new Map<string, Set<number>>()

  get isFresh(): boolean {
    return this.#routing !== undefined
  }

  forget(): void {
    this.#routing = undefined
  }

  begin(): void {
    this.#touched = false
  }

  /** What was noted since `begin` was not written after all. */
  rollBack(): void {
    if (this.#touched) this.forget()
  }

  reload(rows: AlertRows, routing: Routing, nowMs: number): void {
    this.#routing = routing
    this.#firing.clear()
    this.#sources.clear()
    let afterId = 0
    for (;;) {
      const page = rows.firingIncidents(afterId, PAGE)
      for (const incident of page) this.#put(incident)
      const last = page.at(-1)
      if (last === undefined || page.length < PAGE) break
      afterId = last.id
    }
    this.readSilences(rows, nowMs)
  }

  /** Answers whether one of those that were in force no longer is. */
  readSilences(rows: AlertRows, nowMs: number): boolean {
    const before = this.#silenceIds
    this.#silences = rows.silences(nowMs).flatMap((silence) => readSilence(silence) ?? [])
    this.#silenceIds = new Set(
      this.#silences.filter(({ silence }) => silence.endsMs > nowMs).map(({ silence }) => silence.id),
    )
    return [...before].some((id) => !this.#silenceIds.has(id))
  }

  /** To be told of every incident that is written. */
  note(incident: Incident): void {
    this.#touched = true
    this.#put(incident)
  }

  #put(incident: Incident): void {
    const known = this.#firing.get(incident.id)
    for (const key of known?.keys ?? []) this.#removeSource(key, incident.id)
    this.#firing.delete(incident.id)
    if (incident.status !== 'firing' || this.#routing === undefined) return
    const keys = foldsBy(this.#routing, incident)
    const foldedInto = incident.muted?.by === 'inhibition' ? incident.muted.id : undefined
    this.#firing.set(incident.id, {
      severity: incident.severity,
      keys,
      ...(foldedInto === undefined ? {} : { foldedInto }),
    })
    for (const key of keys) {
      const ids = this.#sources.get(key)
      if (ids === undefined) this.#sources.set(key, new Set([incident.id]))
      else ids.add(incident.id)
    }
  }

  /** Whether an incident folds others while it fires. */
  folds(incident: Incident): boolean {
    return (this.#firing.get(incident.id)?.keys.length ?? 0) > 0
  }

  causeOf(rows: AlertRows, incident: Incident | NewIncident, nowMs: number): MuteCause | undefined {
    const silence = silenceOf(this.#silences, incident, nowMs)
    if (silence !== undefined) return { by: 'silence', silence }
    const id = this.#sourceOf(incident)
    const source = id === undefined ? undefined : rows.incidents([id])[0]
    return source?.status === 'firing' ? { by: 'inhibition', source } : undefined
  }

  countFiring(): Record<AlertSeverity, number> {
    const counts = { info: 0, warning: 0, critical: 0, emergency: 0 }
    for (const { severity } of this.#firing.values()) counts[severity] += 1
    return counts
  }

  /** The incident that it is folded into: the one that is told, at the end of the chain. */
  #sourceOf(incident: Incident | NewIncident): number | undefined {
    if (this.#routing === undefined) return undefined
    const own = 'id' in incident ? incident.id : undefined
    let found: number | undefined
    for (const key of foldedBy(this.#routing, incident)) {
      let tries = 0
      for (const source of this.#sources.get(key) ?? []) {
        tries += 1
        if (tries > MOST_TRIED) break
        const root = source === own ? undefined : this.#rootOf(source, own)
        if (root === undefined) continue
        // As it was, where that still holds.
        if (incident.muted?.by === 'inhibition' && incident.muted.id === root) return root
        if (found === undefined || root < found) found = root
      }
    }
    return found
  }

  #rootOf(source: number, own: number | undefined): number | undefined {
    let at = source
    for (let steps = 0; steps < MOST_FOLDS; steps += 1) {
      const next = this.#firing.get(at)?.foldedInto
      if (next === undefined || !this.#firing.has(next)) return at
      if (next === own) return undefined
      at = next
    }
    return undefined
  }

  #removeSource(key: string, id: number): void {
    const ids = this.#sources.get(key)
    ids?.delete(id)
    if (ids?.size === 0) this.#sources.delete(key)
  }
}
