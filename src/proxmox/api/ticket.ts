import type { ProxmoxAuth } from '../settings.ts'
import {
  type Headers,
  type HeadersOutcome,
  type Identity,
  type Login,
  type NoHeaders,
  revealed,
  veil,
} from './identity.ts'

/** A ticket lives two hours; a new one is fetched well before. */
const RENEW_MS = 3_600_000

type Ticket = { readonly value: string; readonly cookie: string; readonly csrf: string; readonly sinceMs: number }

/**
 * Logs in with name and password, and anew each hour: with the password, since a renewal by the old ticket would end
 * with the first two hours in which the node could not be reached.
 */
export class TicketSession implements Identity {
  readonly #auth: Extract<ProxmoxAuth, { readonly kind: 'ticket' }>
  #ticket: Ticket | undefined
  #password: string | undefined
  #pending: Promise<Ticket | NoHeaders> | undefined

  constructor(auth: Extract<ProxmoxAuth, { readonly kind: 'ticket' }>) {
    this.#auth = auth
  }

  async headers(method: 'GET' | 'POST' | 'PUT', login: Login): Promise<HeadersOutcome> {
    const held = this.#ticket
    const fresh = held !== undefined && login.clock.now().monoMs - held.sinceMs < RENEW_MS
    const ticket = fresh ? held : await this.#renewed(login)
    if ('ok' in ticket) return ticket
    const headers = { cookie: ticket.cookie, ...(method === 'GET' ? {} : { csrfpreventiontoken: ticket.csrf }) }
    return { ok: true, headers }
  }

  refused(headers: Headers): boolean {
    // Another call may have fetched a new one meanwhile.
    if (this.#ticket?.cookie === headers.cookie) this.#ticket = undefined
    return true
  }

  veiled(text: string): string {
    return veil(text, [this.#password, this.#ticket?.value, this.#ticket?.cookie, this.#ticket?.csrf])
  }

  /** One login at a time, however many calls wait for it. */
  #renewed(login: Login): Promise<Ticket | NoHeaders> {
    this.#pending ??= this.#logIn(login).finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  async #logIn({ post, clock }: Login): Promise<Ticket | NoHeaders> {
    const password = revealed(this.#auth.password)
    if (!password.ok) return password
    this.#password = password.value
    const answer = await post({ username: this.#auth.username, password: password.value })
    if (!answer.ok) return answer
    const data = (answer.data ?? {}) as Readonly<Record<string, unknown>>
    if (data.NeedTFA !== undefined && data.NeedTFA !== 0) {
      const sentence = `wants a second factor of ${this.#auth.username}: use an API token in place of the password`
      return { ok: false, code: 'unauthorized', sentence }
    }
    if (typeof data.ticket !== 'string' || typeof data.CSRFPreventionToken !== 'string') {
      return { ok: false, code: 'malformed-answer', sentence: 'gave no ticket for the login' }
    }
    this.#ticket = {
      value: data.ticket,
      cookie: `PVEAuthCookie=${encodeURIComponent(data.ticket)}`,
      csrf: data.CSRFPreventionToken,
      sinceMs: clock.now().monoMs,
    }
    return this.#ticket
  }
}
