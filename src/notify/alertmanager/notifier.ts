import { SecretMissing } from '../../config/secret.ts'
import { type HttpAnswer, type HttpCall, type HttpFailure, httpCall } from '../../http-client/call.ts'
import type { Notifier, ReadBack, SendOutcome, SendRequest } from '../../ports/notifier.ts'
import { fewWords, finalIfPlain, objectIn, refusedBy, unanswered, withSecrets } from '../outcome.ts'
import { identityOf, postables } from './postable.ts'
import type { AlertmanagerSettings } from './settings.ts'

type Refused = Extract<SendOutcome, { ok: false }>

const MOST_BYTES_OF_ALERTS = 4 * 1024 * 1024
const WORST_LAST: readonly Refused['advice'][] = ['later', 'plain', 'anew', 'never']

/**
 * Hands alerts to Alertmanager (`POST /api/v2/alerts`), which routes them as it does with those of Prometheus. All
 * servers of a cluster get them, since an Alertmanager passes on what it notified, but never an alert; one that took
 * them is success. Pushing again is harmless: an alert is known by its labels.
 */
export class AlertmanagerNotifier implements Notifier {
  readonly name: string
  readonly type = 'alertmanager'
  readonly edits = false
  readonly #settings: AlertmanagerSettings

  constructor(name: string, settings: AlertmanagerSettings) {
    this.name = name
    this.#settings = settings
  }

  /** `ref` is by what the first alert is found again. */
  send({ message, plain }: SendRequest, signal: AbortSignal): Promise<SendOutcome> {
    return withSecrets(async () => {
      const alerts = postables(message, { nowMs: Date.now(), firingForMs: this.#settings.firingFor, plain })
      const [first] = alerts
      if (first === undefined) return { ok: true }
      const { header, secrets } = this.#credentials()
      const body = JSON.stringify(alerts)
      const call = { method: 'POST', body, headers: { ...header, 'content-type': 'application/json' }, signal } as const
      const answers = await Promise.all(this.#settings.servers.map((server) => this.#ask(server, '/alerts', call)))
      const outcomes = answers.map((answer) => outcomeOf(answer, secrets, plain))
      return together(outcomes, this.#settings.servers, JSON.stringify(identityOf(first)))
    })
  }

  /** Whether any of the servers has the alert. One that has been resolved is soon forgotten. */
  async readBack(ref: string, signal: AbortSignal): Promise<ReadBack> {
    const { alertname, fingerprint } = objectIn(ref)
    if (typeof alertname !== 'string') return { ok: false, sentence: 'it is not known what to look for' }
    try {
      const { header } = this.#credentials()
      const filter = encodeURIComponent(`alertname=${quoted(alertname)}`)
      const { servers } = this.#settings
      const answers = await Promise.all(
        servers.map((server) => this.#ask(server, `/alerts?filter=${filter}`, { headers: header, signal })),
      )
      const lists = answers.map(alertsIn)
      if (lists.some((alerts) => alerts?.includes(fingerprint))) return { ok: true, found: true }
      if (lists.some((alerts) => alerts !== undefined)) return { ok: true, found: false }
      return { ok: false, sentence: 'no Alertmanager told which alerts it has' }
    } catch (error) {
      if (error instanceof SecretMissing) return { ok: false, sentence: error.message }
      throw error
    }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #ask(server: string, path: string, call: Pick<HttpCall, 'method' | 'body' | 'headers' | 'signal'>) {
    const { timeout, tls } = this.#settings
    return httpCall({
      url: `${server}/api/v2${path}`,
      timeoutMs: timeout,
      maxAnswerBytes: MOST_BYTES_OF_ALERTS,
      ...call,
      ...(tls === undefined ? {} : { tls }),
    })
  }

  #credentials(): { readonly header: Record<string, string>; readonly secrets: readonly string[] } {
    const { user, password, token } = this.#settings
    if (token !== undefined) {
      const secret = token.reveal()
      return { header: { authorization: `Bearer ${secret}` }, secrets: [secret] }
    }
    if (user === undefined || password === undefined) return { header: {}, secrets: [] }
    const secret = password.reveal()
    const pair = Buffer.from(`${user}:${secret}`).toString('base64')
    return { header: { authorization: `Basic ${pair}` }, secrets: [secret, pair] }
  }
}

function outcomeOf(answer: HttpAnswer | HttpFailure, secrets: readonly string[], plain: boolean): SendOutcome {
  if (!answer.ok) return unanswered(answer)
  if (answer.status === 200) return { ok: true }
  return finalIfPlain(refusedBy(answer, fewWords(answer.text, secrets)), plain)
}

/** One that took it is enough; else the refusal that leaves most hope. */
function together(outcomes: readonly SendOutcome[], servers: readonly string[], ref: string): SendOutcome {
  const refusals = outcomes.flatMap((outcome, at) =>
    outcome.ok ? [] : [{ ...outcome, sentence: `${hostOf(servers[at], servers)}${outcome.sentence}` }],
  )
  const [first, ...others] = [...refusals].sort((a, b) => WORST_LAST.indexOf(a.advice) - WORST_LAST.indexOf(b.advice))
  if (first === undefined) return { ok: true, ref }
  const sentence = [first, ...others].map((refusal) => refusal.sentence).join('; ')
  if (refusals.length < outcomes.length) {
    return {
      ok: true,
      ref,
      note: `${refusals.length} of ${outcomes.length} Alertmanagers did not take it: ${sentence}`,
    }
  }
  return { ...first, sentence, mayHaveArrived: refusals.some(({ mayHaveArrived }) => mayHaveArrived) }
}

function hostOf(server: string | undefined, all: readonly string[]): string {
  return server === undefined || all.length === 1 ? '' : `${new URL(server).host}: `
}

/** The fingerprints of an answer to `GET /alerts`. */
function alertsIn(answer: HttpAnswer | HttpFailure): readonly unknown[] | undefined {
  if (!answer.ok || answer.status !== 200) return undefined
  try {
    const alerts: unknown = JSON.parse(answer.text)
    if (!Array.isArray(alerts)) return undefined
    return alerts.map((alert: { fingerprint?: unknown } | null) => alert?.fingerprint)
  } catch {
    return undefined
  }
}

/** As a matcher of Alertmanager takes a value. */
function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`
}
