import { Disclosed } from '../../config/secret.ts'
import type { FromUrl } from '../driver.ts'
import { type DiscordSettings, schema } from './settings.ts'

const TAKEN: Readonly<Record<string, 'thread' | 'username' | 'avatar'>> = {
  thread_id: 'thread',
  username: 'username',
  avatar: 'avatar',
  avatarurl: 'avatar',
}

/** `discord://TOKEN@ID?thread_id=...`, as shoutrrr writes it; `username` and `avatar` may follow. */
export function fromUrl(url: URL): FromUrl<DiscordSettings> {
  const { hostname: id, username: token } = url
  if (!/^\d+$/.test(id) || !/^[\w-]+$/.test(token)) {
    return { ok: false, sentence: 'discord://TOKEN@ID is expected, the two parts of the URL of a webhook' }
  }
  const options: Record<string, string> = {}
  for (const [name, value] of url.searchParams) {
    const key = TAKEN[name.toLowerCase()]
    if (key === undefined) return { ok: false, sentence: 'only thread_id, username and avatar may follow the ?' }
    options[key] = value
  }
  const parsed = schema.omit({ webhook: true }).safeParse(options)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return { ok: false, sentence: `${String(issue?.path[0])}: ${issue?.message}` }
  }
  const webhook = new Disclosed(`https://discord.com/api/webhooks/${id}/${token}`)
  return { ok: true, settings: { ...parsed.data, webhook } }
}
