import { Disclosed } from '../../config/secret.ts'
import { decoded } from '../addresses.ts'
import type { ChannelDriver, FromUrl } from '../driver.ts'
import { NtfyNotifier } from './notifier.ts'
import { type NtfySettings, schema, TOPIC } from './settings.ts'

const FORM = 'ntfy://HOST/TOPIC, with USER:PASSWORD@ before the host or ?token=TOKEN, and ?scheme=http without TLS'

/** ntfy.sh or a server of your own. */
export const ntfyDriver = {
  type: 'ntfy',
  schema,
  // Of a visitor: 60 requests at once, then one in five seconds. Some are left for reading back.
  rate: { burst: 50, refillMs: 5000 },
  schemes: ['ntfy'],
  fromUrl,
  create: (name, settings) => new NtfyNotifier(name, settings),
} satisfies ChannelDriver<NtfySettings>

function fromUrl(url: URL): FromUrl<NtfySettings> {
  const wrong = (why: string) => ({ ok: false, sentence: `${why}; expected is ${FORM}` }) as const
  const [username, password] = [decoded(url.username), decoded(url.password)]
  const topic = decoded(url.pathname.replace(/^\/|\/$/g, ''))
  const query = new URLSearchParams(url.search)
  const [scheme, token] = [query.get('scheme') ?? 'https', query.get('token')]
  if (url.host === '') return wrong('the host is missing')
  if (topic === undefined || !TOPIC.test(topic)) return wrong('after the host one topic has to stand')
  if (scheme !== 'https' && scheme !== 'http') return wrong('scheme is http or https')
  if ([...query.keys()].some((key) => key !== 'scheme' && key !== 'token')) {
    return wrong('only scheme and token are known after the question mark')
  }
  if (username === undefined || password === undefined)
    return wrong('user or password are not written as a URL has them')
  if (username !== '' && password === '') return wrong('the password is missing')
  // As other programs write it, a password alone is a token.
  const bearer = token ?? (username === '' && password !== '' ? password : undefined)
  if (bearer !== undefined && username !== '') return wrong('either a token or a user with password is used')
  return {
    ok: true,
    settings: {
      server: `${scheme}://${url.host}`,
      topic: new Disclosed(topic),
      ...(bearer === undefined ? {} : { token: new Disclosed(bearer) }),
      ...(username === '' ? {} : { username, password: new Disclosed(password) }),
      timeout: 10_000,
    },
  }
}
