import { afterEach, describe, expect, test } from 'vitest'
import { selfSigned } from '../../../test/sockets/certificate.ts'
import { Disclosed, Secret } from '../../config/secret.ts'
import { ManualClock } from '../../engine/testing/manual-clock.ts'
import type { ProxmoxAuth } from '../settings.ts'
import { PveServer, type Script } from '../testing/pve-server.ts'
import { Endpoint } from './endpoint.ts'
import { Slots } from './slots.ts'

const key = selfSigned('pve1')
const SECRET = '11111111-2222-3333-4444-555555555555'
const TOKEN: ProxmoxAuth = { kind: 'token', id: 'watchdog@pve!eyes', secret: new Disclosed(SECRET) }
const TICKET: ProxmoxAuth = { kind: 'ticket', username: 'watchdog@pve', password: new Disclosed('correct horse=;') }
const STATUS = { method: 'GET', path: '/cluster/status' } as const
const FOR = { section: 'status' }

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

async function serving(script: Script): Promise<PveServer> {
  const server = await new PveServer(key, script).start()
  open.push(server)
  return server
}

type Options = { readonly auth: ProxmoxAuth; readonly clock?: ManualClock }

function endpointAt(url: string, { auth, clock = new ManualClock() }: Options): Endpoint {
  const parts = { clock, auth, tls: { verify: false }, timeoutMs: 10_000, overall: new Slots(4) } as const
  const endpoint = new Endpoint({ url }, parts)
  open.push(endpoint)
  return endpoint
}

async function failing(script: Script, options: Options) {
  const server = await serving(script)
  const outcome = await endpointAt(server.url, options).call(STATUS, FOR)
  if (outcome.ok) throw new Error('it was expected to fail')
  return { ...outcome, server }
}

describe('the token', () => {
  test('that is nowhere', async () => {
    const auth: ProxmoxAuth = { ...TOKEN, secret: new Secret({ env: 'NO_SUCH_VARIABLE_HERE' }) }
    const { code, sentence, server } = await failing(() => ({ data: [] }), { auth })
    expect(code).toBe('secret-missing')
    expect(sentence).toContain('NO_SUCH_VARIABLE_HERE')
    expect(server.asked).toEqual([])
  })

  test('that no header could carry', async () => {
    const { code } = await failing(() => ({ data: [] }), { auth: { ...TOKEN, secret: new Disclosed('a\nb') } })
    expect(code).toBe('secret-missing')
  })

  test('is not told, even where the server repeats it', async () => {
    const { sentence } = await failing(() => ({ status: 401, reason: `invalid token value ${SECRET}!`, data: null }), {
      auth: TOKEN,
    })
    expect(sentence).toMatch(/invalid token value \*\*\*!/)
  })
})

describe('the ticket', () => {
  /** Gives tickets t1, t2, ... and takes only the newest. */
  function realm(changes: Script = () => undefined): Script & { logins: number } {
    const script: Script & { logins: number } = Object.assign(
      (asked: Parameters<Script>[0]) => {
        const changed = changes(asked)
        if (changed !== undefined) return changed
        if (asked.path === '/access/ticket') {
          script.logins += 1
          const ticket = `PVE:watchdog@pve:t${script.logins}::x+/=`
          return { data: { ticket, CSRFPreventionToken: `csrf${script.logins}`, username: 'watchdog@pve' } }
        }
        const cookie = `PVEAuthCookie=${encodeURIComponent(`PVE:watchdog@pve:t${script.logins}::x+/=`)}`
        if (asked.headers.cookie !== cookie) return { status: 401, reason: 'permission denied - invalid PVE ticket' }
        if (asked.method === 'POST' && asked.headers.csrfpreventiontoken !== `csrf${script.logins}`) {
          return { status: 401, reason: 'Permission denied - invalid csrf token' }
        }
        return { data: [] }
      },
      { logins: 0 },
    )
    return script
  }

  test('is fetched once, shown with each call, and its token with writes', async () => {
    const script = realm()
    const server = await serving(script)
    const endpoint = endpointAt(server.url, { auth: TICKET })
    const outcomes = await Promise.all([1, 2, 3].map(() => endpoint.call(STATUS, FOR)))
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true])
    const write = { method: 'POST', path: '/cluster/ha/status/arm-ha' } as const
    expect(await endpoint.call(write, FOR)).toMatchObject({ ok: true })
    expect(script.logins).toBe(1)
    expect(server.askedFor('/access/ticket')[0]?.params).toEqual({
      username: 'watchdog@pve',
      password: 'correct horse=;',
    })
    expect(server.violations).toEqual([])
  })

  test('that has run out is fetched anew, once, and the call goes on', async () => {
    const script = realm()
    const server = await serving(script)
    const endpoint = endpointAt(server.url, { auth: TICKET })
    await endpoint.call(STATUS, FOR)
    script.logins += 1
    expect(await endpoint.call(STATUS, FOR)).toMatchObject({ ok: true })
    expect(server.askedFor('/access/ticket')).toHaveLength(2)
  })

  test('is renewed after an hour', async () => {
    const clock = new ManualClock()
    const script = realm()
    const server = await serving(script)
    const endpoint = endpointAt(server.url, { auth: TICKET, clock })
    await endpoint.call(STATUS, FOR)
    await clock.pass(3_599_999)
    await endpoint.call(STATUS, FOR)
    expect(script.logins).toBe(1)
    await clock.pass(1)
    await endpoint.call(STATUS, FOR)
    expect(script.logins).toBe(2)
  })

  test('that is never taken: one new login, and then a sentence', async () => {
    const refuse: Script = ({ path }) =>
      path === '/access/ticket' ? undefined : { status: 401, reason: 'permission denied - invalid PVE ticket' }
    const { code, server } = await failing(realm(refuse), { auth: TICKET })
    expect(code).toBe('unauthorized')
    expect(server.askedFor('/access/ticket')).toHaveLength(2)
  })

  test('that is refused: the password is not told', async () => {
    const script: Script = () => ({ status: 401, reason: 'authentication failure for correct horse=;' })
    const { code, sentence } = await failing(script, { auth: TICKET })
    expect(code).toBe('unauthorized')
    expect(sentence).toMatch(/authentication failure for \*\*\*/)
  })

  test('that wants a second factor', async () => {
    const script: Script = () => ({ data: { ticket: 'PVE:!tfa!x', CSRFPreventionToken: 'x', NeedTFA: 1 } })
    expect(await failing(script, { auth: TICKET })).toMatchObject({
      code: 'unauthorized',
      sentence: expect.stringMatching(/second factor.*API token/),
    })
  })

  test.each([{ data: {} }, { data: null }, { body: '<html>' }])('that is none: %j', async (answer) => {
    expect((await failing(() => answer, { auth: TICKET })).code).toBe('malformed-answer')
  })
})
