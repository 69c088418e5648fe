import { Disclosed } from '../../config/secret.ts'
import type { FromUrl } from '../driver.ts'
import { type SlackSettings, schema } from './settings.ts'

/** `slack://hook:T-B-X@webhook`, as shoutrrr writes it, or `slack://T/B/X`: the three parts of a webhook's URL. */
export function fromUrl(url: URL): FromUrl<SlackSettings> {
  const { username, password, hostname, pathname } = url
  const isHook = username === 'hook' && hostname === 'webhook'
  const parts = isHook ? password.split(/[-,/]/) : [hostname, ...pathname.split('/').slice(1)]
  const isPlain = username === '' && password === ''
  if ((!isHook && !isPlain) || parts.length !== 3 || parts.some((part) => !/^[A-Za-z0-9]+$/.test(part))) {
    const sentence = 'slack://hook:T-B-X@webhook is expected, with the three parts of the URL of an incoming webhook'
    return { ok: false, sentence }
  }
  if (url.search !== '') return { ok: false, sentence: 'nothing may follow the webhook' }
  const webhook = new Disclosed(`https://hooks.slack.com/services/${parts.join('/')}`)
  return { ok: true, settings: { ...schema.omit({ webhook: true }).parse({}), webhook } }
}
