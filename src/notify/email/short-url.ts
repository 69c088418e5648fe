import { Disclosed } from '../../config/secret.ts'
import { decoded } from '../addresses.ts'
import type { FromUrl } from '../driver.ts'
import { type EmailSettings, openSchema, passwordProblem } from './settings.ts'

const PARAMETERS = ['from', 'to', 'security', 'helo']

/**
 * `smtp://user:password@host:587/?from=watchdog@example.org&to=anna@example.org,ben@example.org` with STARTTLS, and
 * `smtps://` with TLS from the first byte. `security=none` takes the encryption away, and then no password is taken.
 */
export function fromUrl(url: URL): FromUrl<EmailSettings> {
  const { searchParams: given } = url
  const stranger = [...given.keys()].find((name) => !PARAMETERS.includes(name))
  // Its name is not repeated: a forgotten `&` makes a password part of it.
  if (stranger !== undefined) return wrong(`only ${PARAMETERS.join(', ')} are known behind the ?`)
  if (url.protocol === 'smtps:' && given.has('security')) return wrong('smtps:// is TLS from the first byte already')
  if (url.pathname !== '' && url.pathname !== '/') return wrong('nothing is expected between the host and the ?')
  const user = decoded(url.username)
  const password = decoded(url.password)
  if (user === undefined || password === undefined) return wrong('the user or the password is not percent-encoded')
  const parsed = openSchema.safeParse({
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    security: url.protocol === 'smtps:' ? 'tls' : (given.get('security') ?? 'starttls'),
    ...(user === '' ? {} : { user }),
    from: given.get('from') ?? undefined,
    to: given
      .getAll('to')
      .flatMap((list) => list.split(','))
      .map((one) => one.trim()),
    helo: given.get('helo') ?? undefined,
  })
  if (!parsed.success)
    return wrong(parsed.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`).join('; '))
  const problem = passwordProblem(parsed.data, password !== '')
  if (problem !== undefined) return wrong(problem)
  return { ok: true, settings: { ...parsed.data, ...(password === '' ? {} : { password: new Disclosed(password) }) } }
}

function wrong(sentence: string): FromUrl<EmailSettings> {
  return { ok: false, sentence }
}
