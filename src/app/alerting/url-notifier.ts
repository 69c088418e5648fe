import { type Revealable, SecretMissing } from '../../config/secret.ts'
import { refused } from '../../notify/outcome.ts'
import type { Notifier, SendOutcome, SendRequest } from '../../ports/notifier.ts'
import { CHANNELS, type RegisteredChannel } from '../registry/channels.ts'

type Driver =
  | { readonly ok: true; readonly driver: RegisteredChannel; readonly url: URL }
  | { readonly ok: false; readonly code: 'secret-missing' | 'rejected'; readonly sentence: string }

/** The integration that a short URL means. The sentence says what is wrong with it and holds nothing of it. */
export function driverOfUrl(secret: Revealable): Driver {
  let text: string
  try {
    text = secret.reveal().trim()
  } catch (error) {
    if (!(error instanceof SecretMissing)) throw error
    return { ok: false, code: 'secret-missing', sentence: error.message }
  }
  if (!URL.canParse(text)) return wrong('the URL of the channel is not one')
  const url = new URL(text)
  const scheme = url.protocol.slice(0, -1)
  const driver = Object.values(CHANNELS).find(({ schemes }) => schemes.includes(scheme))
  if (driver?.fromUrl === undefined) {
    const known = Object.values(CHANNELS).flatMap(({ schemes }) => schemes)
    return wrong(`the URL of the channel begins with no scheme that is known: ${known.join(', ')}`)
  }
  return { ok: true, driver, url }
}

/** What is wrong with a short URL, for `config check`; undefined where a channel can be made of it. */
export function troubleWithUrl(secret: Revealable): string | undefined {
  const made = make('', secret)
  return 'notifier' in made ? undefined : made.sentence
}

/**
 * A channel written as one URL. The URL is a secret, so it is read when it is needed: one that is missing or wrong at
 * the start works as soon as it is put right, and until then the messages wait.
 */
export class UrlNotifier implements Notifier {
  readonly name: string
  readonly #url: Revealable
  #made: Notifier | undefined

  constructor(name: string, url: Revealable) {
    this.name = name
    this.#url = url
    this.#tryToMake()
  }

  get type(): string {
    return this.#made?.type ?? 'url'
  }

  get edits(): boolean {
    return this.#made?.edits ?? false
  }

  async send(request: SendRequest, signal: AbortSignal): Promise<SendOutcome> {
    const trouble = this.#tryToMake()
    if (trouble !== undefined) return trouble
    return (this.#made as Notifier).send(request, signal)
  }

  get readBack(): Notifier['readBack'] {
    return this.#made?.readBack?.bind(this.#made)
  }

  async close(): Promise<void> {
    await this.#made?.close()
  }

  #tryToMake(): SendOutcome | undefined {
    if (this.#made !== undefined) return undefined
    const made = make(this.name, this.#url)
    if ('notifier' in made) this.#made = made.notifier
    else return refused(made.code, 'later', made.sentence)
    return undefined
  }
}

type Made =
  | { readonly notifier: Notifier }
  | { readonly code: 'secret-missing' | 'rejected'; readonly sentence: string }

function make(name: string, secret: Revealable): Made {
  const found = driverOfUrl(secret)
  if (!found.ok) return found
  const settings = found.driver.fromUrl?.(found.url)
  if (settings?.ok !== true) return wrong(settings?.sentence ?? 'the URL of the channel cannot be used')
  return { notifier: found.driver.create(name, settings.settings) }
}

function wrong(sentence: string): { readonly ok: false; readonly code: 'rejected'; readonly sentence: string } {
  return { ok: false, code: 'rejected', sentence }
}
