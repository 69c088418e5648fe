import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { Secret } from '../../config/secret.ts'
import type { Message } from '../../core/alerts/message.ts'
import type { Notifier, SendOutcome } from '../../ports/notifier.ts'
import { createChannels } from './create-channels.ts'
import { pacedNotifier } from './paced-notifier.ts'
import { troubleWithUrl, UrlNotifier } from './url-notifier.ts'

const VARIABLE = 'WATCHDOG_TEST_CHANNEL_URL'
afterEach(() => {
  delete process.env[VARIABLE]
})

const secret = new Secret({ env: VARIABLE })
const request = { message: {} as Message, plain: false }
const NEVER = new AbortController().signal

function channel(url: string | undefined) {
  if (url !== undefined) process.env[VARIABLE] = url
  return createChannels([{ name: 'c', type: 'url', settings: { url: secret } }], 1)
}

describe('a channel written as one URL', () => {
  it.each([
    ['discord://token1234567890token1234567890@123456789012345678', 'discord'],
    ['ntfy://user:hunter2@ntfy.example.org/topic', 'ntfy'],
    ['gotify://push.example.org/AbCdEf.hunter2', 'gotify'],
    ['telegram://123456789:AAhunter2hunter2hunter2hunter2hunter2x@telegram?chats=-100123', 'telegram'],
    ['pushover://shoutrrr:azhunter2hunter2hunter2hunter@uzhunter2hunter2hunter2hunter/', 'pushover'],
    ['smtp://me:hunter2@mail.example.org:587/?from=me@example.org&to=you@example.org', 'email'],
  ])('%s is %s, with the rate of that', (url, type) => {
    const { notifiers, policies } = channel(url)
    expect(policies).toMatchObject([{ name: 'c', type, local: false, loops: false }])
    expect(notifiers[0]).toMatchObject({ name: 'c', type })
    expect(troubleWithUrl(secret)).toBeUndefined()
    expect(inspect(notifiers, { depth: 9, showHidden: true }) + JSON.stringify(notifiers)).not.toContain('hunter2')
  })

  it.each([
    ['nonsense-hunter2', 'the URL of the channel is not one'],
    ['gopher://hunter2', 'begins with no scheme that is known'],
    ['ntfy://', ''],
    ['telegram://hunter2@telegram', ''],
  ])('%s waits until it is put right, and is never repeated', async (url, words) => {
    const { notifiers } = channel(url)
    const outcome = await (notifiers[0] as Notifier).send(request, NEVER)
    expect(outcome).toMatchObject({ ok: false, advice: 'later' })
    expect(JSON.stringify(outcome)).toContain(words)
    expect(JSON.stringify(outcome)).not.toContain('hunter2')
    expect(troubleWithUrl(secret)).not.toContain('hunter2')
  })

  it('that is missing waits, and works once it is there', async () => {
    const notifier = new UrlNotifier('c', secret)
    expect(await notifier.send(request, NEVER)).toMatchObject({ code: 'secret-missing', advice: 'later' })
    expect(notifier.type).toBe('url')
    process.env[VARIABLE] = 'gotify://127.0.0.1:1/AbCdEf.hunter2?disabletls=yes'
    const aborted = AbortSignal.abort()
    expect(await notifier.send({ ...request, message: message() }, aborted)).toMatchObject({ code: 'aborted' })
    expect(notifier.type).toBe('gotify')
  })
})

function message(): Message {
  return {
    key: 'k',
    thread: 't',
    kind: 'test',
    status: 'notice',
    severity: 'info',
    title: 'A test',
    alerts: [],
    createdMs: 0,
    sender: 'here',
  }
}

describe('a channel on a clock that runs faster', () => {
  it('is asked to wait as long as the service means', async () => {
    const busy: SendOutcome = {
      ok: false,
      code: 'rate-limited',
      sentence: 'too much',
      advice: 'later',
      retryAfterMs: 100,
      mayHaveArrived: false,
    }
    const notifier: Notifier = {
      name: 'c',
      type: 'x',
      edits: true,
      send: async () => busy,
      readBack: async () => ({ ok: true, found: true }),
      close: async () => {},
    }
    const paced = pacedNotifier(notifier, 30)
    expect(await paced.send(request, NEVER)).toMatchObject({ retryAfterMs: 3_000 })
    expect(await paced.readBack?.('r', NEVER)).toEqual({ ok: true, found: true })
    expect(paced.edits).toBe(true)
    expect(pacedNotifier(notifier, 1)).toBe(notifier)
  })
})
