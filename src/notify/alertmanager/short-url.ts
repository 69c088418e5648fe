import { Disclosed } from '../../config/secret.ts'
import { decoded } from '../addresses.ts'
import type { FromUrl } from '../driver.ts'
import { type AlertmanagerSettings, openSchema } from './settings.ts'

/** `alertmanager://user:password@host:9093/path` over http, `alertmanagers://` over https. */
export function fromUrl(url: URL): FromUrl<AlertmanagerSettings> {
  if (url.search !== '' || url.hash !== '') return wrong('nothing is expected behind the path')
  if (url.host === '') return wrong('the host of an Alertmanager is expected')
  const user = decoded(url.username)
  const password = decoded(url.password)
  if (user === undefined || password === undefined) return wrong('the user or the password is not percent-encoded')
  if ((user === '') !== (password === '')) return wrong('user and password are given together, or neither')
  const scheme = url.protocol === 'alertmanagers:' ? 'https' : 'http'
  const parsed = openSchema.safeParse({
    servers: [`${scheme}://${url.host}${url.pathname}`],
    ...(user === '' ? {} : { user }),
  })
  if (!parsed.success) return wrong(parsed.error.issues.map(({ message }) => message).join('; '))
  return { ok: true, settings: { ...parsed.data, ...(password === '' ? {} : { password: new Disclosed(password) }) } }
}

function wrong(sentence: string): FromUrl<AlertmanagerSettings> {
  return { ok: false, sentence }
}
