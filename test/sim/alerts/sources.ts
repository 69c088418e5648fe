import { fingerprintOf } from '../../../src/core/alerts/fingerprint.ts'
import {
  ALERT_SEVERITIES,
  type AlertSeverity,
  type AlertUpdate,
  type Incoming,
} from '../../../src/core/alerts/types.ts'
import type { Happening } from './month.ts'
import { MINUTE, type Site } from './site.ts'

type Alert = Extract<Happening, { kind: 'alert' }>

/** One firing of an alert, from its begin to its end, as its source knows it. */
export type Run = {
  readonly id: string
  readonly notice: boolean
  /** What of it was acknowledged: it must not be lost any more. */
  readonly accepted: Set<AlertUpdate['status']>
}

const RETRY_MS = MINUTE

/** Those who tell us of alerts: each says a thing until it is acknowledged, and one thing after the other. */
export class Sources {
  readonly runs = new Map<string, Run>()
  readonly #site: Site
  readonly #firing = new Set<string>()
  /** What each has to say, in order. */
  readonly #queues = new Map<string, { readonly update: Incoming; readonly run: Run | undefined }[]>()
  #serial = 0

  constructor(site: Site) {
    this.#site = site
  }

  /** Begins an alert, unless the same fires already. */
  alert(alert: Alert): void {
    const { name, host, source, severity, forMin, louderAfterMin, everyMin } = alert
    const key = `${source}/${name}/${host}`
    if (this.#firing.has(key)) return
    this.#firing.add(key)
    const { time } = this.#site
    const run = this.#run(false)
    const labels = { alertname: name, host, ...(source === 'own' ? { source: 'proxmox-watchdog' } : {}) }
    // Another machine has a clock of its own.
    const clockMs = () => (source === 'own' ? time.wallMs : time.trueMs)
    const startsMs = clockMs()
    let loud: AlertSeverity = severity
    const say = (status: 'firing' | 'resolved') =>
      this.#say(key, run, {
        kind: 'alert',
        source,
        status,
        fingerprint: fingerprintOf(labels),
        labels,
        annotations: { summary: `${name} of ${host} (${run.id})`, run: run.id },
        severity: loud,
        startsMs,
        ...(status === 'resolved' ? { endsMs: Math.max(startsMs, clockMs()) } : {}),
      })
    const whileItFires = (ms: number, act: () => void) =>
      time.at(time.monoMs + ms, () => {
        if (this.#firing.has(key)) act()
      })
    say('firing')
    const endMs = time.monoMs + forMin * MINUTE
    const again = () => {
      if (time.monoMs >= endMs) return
      say('firing')
      if (everyMin !== undefined) whileItFires(everyMin * MINUTE, again)
    }
    if (everyMin !== undefined) whileItFires(everyMin * MINUTE, again)
    if (louderAfterMin !== undefined && louderAfterMin < forMin) {
      whileItFires(louderAfterMin * MINUTE, () => {
        loud = ALERT_SEVERITIES[ALERT_SEVERITIES.indexOf(severity) + 1] ?? severity
        say('firing')
      })
    }
    time.at(endMs, () => {
      say('resolved')
      this.#firing.delete(key)
    })
  }

  notice({ name, host, severity }: Extract<Happening, { kind: 'notice' }>): void {
    const labels = { alertname: name, host }
    const run = this.#run(true)
    this.#say(`notice/${run.id}`, run, {
      kind: 'alert',
      source: 'proxmox',
      status: 'notice',
      fingerprint: fingerprintOf(labels),
      labels,
      annotations: { summary: `${name} of ${host} (${run.id})`, run: run.id },
      severity,
      startsMs: this.#site.time.trueMs + this.#serial,
    })
  }

  note(host: string): void {
    const { wallMs } = this.#site.time
    this.#put(
      `note/${host}`,
      { kind: 'note', host, code: 'note', sentence: 'Something was done.', atMs: wallMs },
      undefined,
    )
  }

  #run(notice: boolean): Run {
    this.#serial += 1
    const run = { id: `r${this.#serial}`, notice, accepted: new Set<AlertUpdate['status']>() }
    this.runs.set(run.id, run)
    return run
  }

  #say(key: string, run: Run, update: AlertUpdate): void {
    this.#put(key, update, run)
  }

  #put(key: string, update: Incoming, run: Run | undefined): void {
    const queue = this.#queues.get(key) ?? []
    this.#queues.set(key, queue)
    queue.push({ update, run })
    if (queue.length === 1) void this.#deliver(queue)
  }

  async #deliver(queue: { readonly update: Incoming; readonly run: Run | undefined }[]): Promise<void> {
    const [next] = queue
    if (next === undefined) return
    if (!(await this.#site.accept([next.update]))) {
      const { time } = this.#site
      time.at(time.monoMs + RETRY_MS, () => void this.#deliver(queue))
      return
    }
    if (next.update.kind === 'alert') next.run?.accepted.add(next.update.status)
    queue.shift()
    if (queue.length > 0) void this.#deliver(queue)
  }
}
