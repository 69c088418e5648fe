import type { Notifier, SendOutcome, SendRequest } from '../../ports/notifier.ts'
import { withSecrets } from '../outcome.ts'
import { compose } from './compose.ts'
import { converse, type Login } from './conversation.ts'
import { noteOf, outcomeOf } from './outcome.ts'
import type { EmailSettings } from './settings.ts'
import { idsOf } from './thread.ts'

/** Mails a message to all recipients at once, on a connection of its own. Every try of a message has one Message-ID. */
export class EmailNotifier implements Notifier {
  readonly name: string
  readonly type = 'email'
  readonly edits = false
  readonly #settings: EmailSettings

  constructor(name: string, settings: EmailSettings) {
    this.name = name
    this.#settings = settings
  }

  /** `ref` is the Message-ID; nothing can be done with it. */
  send({ message, plain }: SendRequest, signal: AbortSignal): Promise<SendOutcome> {
    return withSecrets(async () => {
      const settings = this.#settings
      const login = loginOf(settings)
      const bytes = await compose(message, settings, plain)
      const ended = await converse(settings, login, bytes, signal)
      const secrets = login === undefined ? [] : spellings(login)
      if (!ended.ok) return outcomeOf(ended, { plain, timeoutMs: settings.timeout, secrets })
      const note = noteOf(ended.refused, settings.to.length, secrets)
      const { messageId } = idsOf(message, settings.from)
      return { ok: true, ref: messageId, ...(note === undefined ? {} : { note }) }
    })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

function loginOf({ user, password }: EmailSettings): Login | undefined {
  return user === undefined || password === undefined ? undefined : { user, pass: password.reveal() }
}

/** Every form in which the password goes over the wire, since a server may repeat what it was told. */
function spellings({ user, pass }: Login): string[] {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  return [pass, base64(pass), base64(`\0${user}\0${pass}`)]
}
