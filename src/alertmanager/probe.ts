import { httpCall } from '../http-client/call.ts'
import { shownAddress } from './address.ts'
import { type Finding, finding } from './finding.ts'
import { addressEntry, type Webhook } from './receivers.ts'

const ASK_MS = 5_000
/** A server that knows no HEAD is asked as Alertmanager does, with nothing in it. */
const NO_HEAD = new Set([405, 501])

/**
 * Asks each address of a webhook once, with HEAD, and tells of redirects and of what is not reached from here. Certificates
 * are not looked at, and no credentials are shown.
 */
export async function probeWebhooks(webhooks: readonly Webhook[], signal: AbortSignal): Promise<readonly Finding[]> {
  const found = await Promise.all(
    webhooks.map(async (hook) => {
      const { url } = hook
      return url === undefined || !/^https?:\/\//i.test(url) ? undefined : await probe(hook, url, signal)
    }),
  )
  return found.filter((one) => one !== undefined)
}

async function probe(hook: Webhook, url: string, signal: AbortSignal): Promise<Finding | undefined> {
  const ask = (method: 'HEAD' | 'POST') =>
    httpCall({
      url,
      method,
      timeoutMs: ASK_MS,
      signal,
      tls: { verify: false },
      ...(method === 'POST' ? { body: '' } : {}),
    })
  let answer = await ask('HEAD')
  if (answer.ok && NO_HEAD.has(answer.status)) answer = await ask('POST')
  if (!answer.ok) {
    return finding('warning', 'url-unreachable', addressEntry(hook), {
      sentence: `${shownAddress(url)} does not answer here: ${answer.sentence}.`,
      why: 'If Alertmanager does not reach it either, nobody is told.',
      remedy: 'Ask from the machine on which Alertmanager runs.',
    })
  }
  if (answer.status < 300 || answer.status >= 400) return undefined
  const location = answer.headers.location
  const to = typeof location === 'string' ? `, to ${shownAddress(new URL(location, url).href)}` : ''
  return finding('error', 'url-redirects', addressEntry(hook), {
    sentence: `${shownAddress(url)} answers with a redirect (${answer.status})${to}.`,
    why: 'Alertmanager follows it, a POST then becomes an empty GET, and that counts as delivered: every alert is lost without a word.',
    remedy: 'Give the final address, and set follow_redirects: false.',
  })
}
