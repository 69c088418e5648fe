import { reviewed } from '../../core/alerts/incidents/muting.ts'
import { nextReminderMs } from '../../core/alerts/incidents/remind.ts'
import type { Incident } from '../../core/alerts/types.ts'
import type { Work } from './work.ts'
import { writeStep } from './write-step.ts'

const PAGE = 100

/**
 * Looks a page at a time at what is muted, after a silence or an incident that folds others has ended, or at all that
 * fires, after one has begun.
 */
export class Sweep {
  readonly #from: { muted: number | undefined; firing: number | undefined } = { muted: 0, firing: 0 }
  readonly #again = { muted: false, firing: false }

  /** One that is asked for while the last is under way begins when that is done. */
  ask(at: 'muted' | 'firing'): void {
    if (this.#from[at] === undefined) this.#from[at] = 0
    else this.#again[at] = true
  }

  /** Before anything is decided: which silences there are now. */
  readSilences({ muting, rows, nowMs }: Work): false {
    if (muting.readSilences(rows, nowMs)) this.ask('muted')
    return false
  }

  /** Answers whether more is to be looked at. */
  look(work: Work): boolean {
    if (this.#from.muted !== undefined) this.#page(work, 'muted', (from) => work.rows.mutedIncidents(from, PAGE))
    else if (this.#from.firing !== undefined)
      this.#page(work, 'firing', (from) => work.rows.firingIncidents(from, PAGE))
    return this.#from.muted !== undefined || this.#from.firing !== undefined
  }

  #page(work: Work, at: 'muted' | 'firing', read: (from: number) => readonly Incident[]): void {
    const page = read(this.#from[at] ?? 0)
    for (const incident of page) {
      const step = reviewed(incident, work.muting.causeOf(work.rows, incident, work.nowMs), work.nowMs)
      if (step !== undefined) writeStep(work, step)
      else remindLater(work, incident)
    }
    const last = page.at(-1)
    // Only once it is on disk, or the page would be left out.
    work.after(() => {
      this.#from[at] = page.length < PAGE || last === undefined ? this.#restart(at) : last.id
    })
  }

  #restart(at: 'muted' | 'firing'): number | undefined {
    const again = this.#again[at]
    this.#again[at] = false
    return again ? 0 : undefined
  }
}

/** Reminders may be wanted only since the last reload. */
function remindLater({ rows, setup, nowMs }: Work, incident: Incident): void {
  if (!incident.told || incident.remindAtMs !== undefined) return
  const remindAtMs = nextReminderMs(incident, setup.policy.remindEveryMs, nowMs)
  if (remindAtMs !== undefined) rows.updateIncident({ ...incident, remindAtMs })
}
