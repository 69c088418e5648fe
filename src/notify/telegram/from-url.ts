import { Disclosed } from '../../config/secret.ts'
import type { FromUrl } from '../driver.ts'
import { schema, type TelegramSettings } from './settings.ts'

const NO = new Set(['no', 'false', '0'])

/** `telegram://TOKEN@telegram?chats=ID,ID:THREAD,@name`, as shoutrrr writes it; `notification=no` is silent. */
export function fromUrl(url: URL): FromUrl<TelegramSettings> {
  const { username, password, hostname, searchParams } = url
  if (hostname !== 'telegram' || !/^\d+$/.test(username) || !/^[\w-]+$/.test(password)) {
    return { ok: false, sentence: 'telegram://TOKEN@telegram?chats=ID is expected, with the token of the bot' }
  }
  const given = new Map([...searchParams].map(([name, value]) => [name.toLowerCase(), value]))
  const { size } = given
  const chats = (given.get('chats') ?? given.get('channels') ?? '').split(',').filter((chat) => chat !== '')
  const notification = given.get('notification')?.toLowerCase() ?? 'yes'
  for (const known of ['chats', 'channels', 'notification', 'preview', 'parsemode', 'title']) given.delete(known)
  if (size === 0 || given.size > 0) return { ok: false, sentence: 'only chats and notification may follow the ?' }
  const parsed = schema.omit({ token: true }).safeParse({ chats, silent: NO.has(notification) })
  if (!parsed.success) return { ok: false, sentence: `chats: ${parsed.error.issues[0]?.message}` }
  return { ok: true, settings: { ...parsed.data, token: new Disclosed(`${username}:${password}`) } }
}
