import { Disclosed } from '../../config/secret.ts'
import type { ChannelDriver, FromUrl } from '../driver.ts'
import { WebhookNotifier } from './notifier.ts'
import { schema, type WebhookSettings } from './settings.ts'

/** Any program that takes JSON by HTTP. What it gets: `payloadText`; how it is signed: `signatureOf`. */
export const webhookDriver = {
  type: 'webhook',
  schema,
  rate: { burst: 50, refillMs: 200 },
  schemes: ['generic', 'generic+https', 'generic+http'],
  fromUrl,
  create: (name, settings) => new WebhookNotifier(name, settings),
} satisfies ChannelDriver<WebhookSettings>

/** `generic://HOST/PATH?QUERY` is https, `generic+http://` or `?disabletls=yes` http; all else stays as it is. */
function fromUrl(url: URL): FromUrl<WebhookSettings> {
  const { protocol, host } = url
  if (host === '') {
    return { ok: false, sentence: 'the host is missing; expected is generic://HOST/PATH' }
  }
  const query = new URLSearchParams(url.search)
  const disableTls = /^(?:yes|true|1)$/i.test(query.get('disabletls') ?? '')
  const scheme = protocol === 'generic+http:' || (protocol === 'generic:' && disableTls) ? 'http' : 'https'
  // Taken out of the text, since writing a query anew could change how the rest of it is spelled.
  const search = url.search.replace(/(?<=[?&])disabletls=[^&]*(?:&|$)/i, '').replace(/[?&]$/, '')
  const user = url.username === '' && url.password === '' ? '' : `${url.username}:${url.password}@`
  const address = `${scheme}://${user}${host}${url.pathname}${search}`
  if (!URL.canParse(address)) return { ok: false, sentence: 'it is no address; expected is generic://HOST/PATH' }
  return { ok: true, settings: { url: new Disclosed(address), headers: {}, timeout: 10_000 } }
}
