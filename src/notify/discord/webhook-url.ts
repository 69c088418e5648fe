/** Where a webhook is posted to. Every address in it holds the token. */
export type Webhook = {
  readonly token: string
  /** `path` follows the token: empty, or `/messages/ID`. */
  address(path: string, query?: Readonly<Record<string, string>>): string
}

export const WEBHOOK_EXPECTED = 'the webhook is not of the form https://discord.com/api/webhooks/ID/TOKEN'

const PATH = /^(.*\/api)(?:\/v\d+)?\/webhooks\/(\d+)\/([\w-]+)\/?$/

/**
 * Undefined where it is no webhook of Discord. Version 10 of the API is asked for by name: the URL that Discord shows
 * names none and gets version 6, which counts `retry_after` in milliseconds. Another host may stand for a proxy.
 */
export function webhookAt(text: string, thread: string | undefined): Webhook | undefined {
  const url = URL.parse(text.trim())
  const [, root, id, token] = PATH.exec(url?.pathname ?? '') ?? []
  if (url === null || !/^https?:$/.test(url.protocol) || token === undefined) return undefined
  const threadId = thread ?? url.searchParams.get('thread_id') ?? undefined
  return {
    token,
    address: (path, query = {}) => {
      const given = new URLSearchParams({ ...query, ...(threadId === undefined ? {} : { thread_id: threadId }) })
      return `${url.origin}${root}/v10/webhooks/${id}/${token}${path}${given.size === 0 ? '' : `?${given}`}`
    },
  }
}
