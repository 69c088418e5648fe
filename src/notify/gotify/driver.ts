import { Disclosed } from '../../config/secret.ts'
import { decoded } from '../addresses.ts'
import type { ChannelDriver, FromUrl } from '../driver.ts'
import { GotifyNotifier } from './notifier.ts'
import { type GotifySettings, schema } from './settings.ts'

const FORM =
  'gotify://HOST/TOKEN, with a path before the token where Gotify lives below one, and ?disabletls=yes without TLS'

/** A Gotify server. */
export const gotifyDriver = {
  type: 'gotify',
  schema,
  // Gotify limits nothing by itself.
  rate: { burst: 50, refillMs: 200 },
  schemes: ['gotify'],
  fromUrl,
  create: (name, settings) => new GotifyNotifier(name, settings),
} satisfies ChannelDriver<GotifySettings>

function fromUrl(url: URL): FromUrl<GotifySettings> {
  const wrong = (why: string) => ({ ok: false, sentence: `${why}; expected is ${FORM}` }) as const
  const segments = url.pathname.split('/').filter((segment) => segment !== '')
  const token = decoded(segments.at(-1) ?? '')
  const query = new Map([...new URLSearchParams(url.search)].map(([key, value]) => [key.toLowerCase(), value]))
  const disableTls = (query.get('disabletls') ?? 'no').toLowerCase()
  if (url.host === '') return wrong('the host is missing')
  if (url.username !== '' || url.password !== '') return wrong('nothing stands before the host')
  if (token === undefined || !/^[\x21-\x7e]{1,200}$/.test(token))
    return wrong('the last part of the path has to be the token')
  if ([...query.keys()].some((key) => key !== 'disabletls'))
    return wrong('only disabletls is known after the question mark')
  if (!/^(?:yes|no|true|false|1|0)$/.test(disableTls)) return wrong('disabletls is yes or no')
  const scheme = /^(?:yes|true|1)$/.test(disableTls) ? 'http' : 'https'
  const server = [`${scheme}://${url.host}`, ...segments.slice(0, -1)].join('/')
  return { ok: true, settings: { server, token: new Disclosed(token), timeout: 10_000 } }
}
