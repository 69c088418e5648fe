/** Where a body breaks a limit, as the API names the place, and its code for that. Undefined: it is in order. */
export type FormError = { readonly at: string; readonly code: string }

export type DiscordEmbed = {
  readonly title?: string
  readonly description?: string
  readonly url?: string
  readonly color?: number
  readonly timestamp?: string
  readonly footer?: { readonly text: string }
  readonly author?: { readonly name: string }
  readonly fields?: readonly { readonly name: string; readonly value: string; readonly inline?: boolean }[]
}

export type AllowedMentions = {
  readonly parse?: readonly ('roles' | 'users' | 'everyone')[]
  readonly roles?: readonly string[]
  readonly users?: readonly string[]
}

export type DiscordBody = {
  readonly content?: string | null
  readonly username?: string
  readonly avatar_url?: string
  readonly embeds?: readonly DiscordEmbed[]
  readonly allowed_mentions?: AllowedMentions
}

type Anything = Readonly<Record<string, unknown>>

/** What the documentation of webhooks and messages demands of a body. Sizes are counted after trimming, as there. */
export function formError(body: Anything): FormError | undefined {
  const { content, username, avatar_url: avatar, embeds, allowed_mentions: mentions } = body
  return (
    (content === null ? undefined : text(content, 'content', 0, 2000)) ??
    text(username, 'username', 1, 80) ??
    (typeof username === 'string' && /clyde|discord/i.test(username)
      ? { at: 'username', code: 'USERNAME_INVALID_CONTAINS' }
      : undefined) ??
    address(avatar, 'avatar_url') ??
    embedsError(embeds) ??
    mentionsError(mentions)
  )
}

function embedsError(embeds: unknown): FormError | undefined {
  if (embeds === undefined || embeds === null) return undefined
  if (!Array.isArray(embeds)) return { at: 'embeds', code: 'LIST_TYPE_CONVERT' }
  if (embeds.length > 10) return { at: 'embeds', code: 'BASE_TYPE_MAX_LENGTH' }
  for (const [index, embed] of embeds.entries()) {
    const error = embedError(embed, `embeds.${index}`)
    if (error !== undefined) return error
  }
  const total = (embeds as DiscordEmbed[]).reduce((sum, embed) => sum + sizeOf(embed), 0)
  return total > 6000 ? { at: 'embeds', code: 'MAX_EMBED_SIZE_EXCEEDED' } : undefined
}

function embedError(embed: unknown, at: string): FormError | undefined {
  if (!isMap(embed)) return { at, code: 'MODEL_TYPE_CONVERT' }
  const { title, description, url, color, timestamp, footer, author, fields } = embed
  if ([title, description, fields, footer, author].every((part) => part === undefined)) {
    return { at, code: 'BASE_TYPE_REQUIRED' }
  }
  return (
    text(title, `${at}.title`, 0, 256) ??
    text(description, `${at}.description`, 0, 4096) ??
    address(url, `${at}.url`) ??
    colour(color, `${at}.color`) ??
    moment(timestamp, `${at}.timestamp`) ??
    named(footer, 'text', `${at}.footer`, 2048) ??
    named(author, 'name', `${at}.author`, 256) ??
    fieldsError(fields, `${at}.fields`)
  )
}

function fieldsError(fields: unknown, at: string): FormError | undefined {
  if (fields === undefined) return undefined
  if (!Array.isArray(fields)) return { at, code: 'LIST_TYPE_CONVERT' }
  if (fields.length > 25) return { at, code: 'BASE_TYPE_MAX_LENGTH' }
  for (const [index, field] of fields.entries()) {
    const error = named(field, 'name', `${at}.${index}`, 256) ?? named(field, 'value', `${at}.${index}`, 1024)
    if (error !== undefined) return error
  }
  return undefined
}

function mentionsError(mentions: unknown): FormError | undefined {
  if (mentions === undefined) return undefined
  if (!isMap(mentions)) return { at: 'allowed_mentions', code: 'MODEL_TYPE_CONVERT' }
  const parse = mentions.parse ?? []
  if (!Array.isArray(parse) || parse.some((kind) => !['roles', 'users', 'everyone'].includes(kind))) {
    return { at: 'allowed_mentions.parse', code: 'BASE_TYPE_CHOICES' }
  }
  for (const kind of ['roles', 'users']) {
    const ids = mentions[kind] ?? []
    const at = `allowed_mentions.${kind}`
    if (!Array.isArray(ids) || ids.some((id) => typeof id !== 'string' || !/^\d+$/.test(id))) {
      return { at, code: 'NUMBER_TYPE_COERCE' }
    }
    if (ids.length > 100) return { at, code: 'BASE_TYPE_MAX_LENGTH' }
    if (new Set(ids).size < ids.length) return { at, code: 'SET_TYPE_ALREADY_CONTAINS_VALUE' }
    if (ids.length > 0 && parse.includes(kind)) return { at, code: 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE' }
  }
  return undefined
}

function sizeOf({ title, description, footer, author, fields = [] }: DiscordEmbed): number {
  const texts = [title, description, footer?.text, author?.name, ...fields.flatMap(({ name, value }) => [name, value])]
  return texts.reduce((sum, words) => sum + (words?.trim().length ?? 0), 0)
}

function text(value: unknown, at: string, least: number, most: number): FormError | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string') return { at, code: 'STRING_TYPE_CONVERT' }
  const { length } = value.trim()
  if (length < least) return { at, code: 'BASE_TYPE_REQUIRED' }
  return length > most ? { at, code: 'BASE_TYPE_MAX_LENGTH' } : undefined
}

/** A part of an embed that must have its text where it is there at all. */
function named(value: unknown, key: string, at: string, most: number): FormError | undefined {
  if (value === undefined) return undefined
  if (!isMap(value)) return { at, code: 'MODEL_TYPE_CONVERT' }
  return value[key] === undefined
    ? { at: `${at}.${key}`, code: 'BASE_TYPE_REQUIRED' }
    : text(value[key], `${at}.${key}`, 1, most)
}

function colour(value: unknown, at: string): FormError | undefined {
  const fits =
    value === undefined || (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xff_ff_ff)
  return fits ? undefined : { at, code: 'NUMBER_TYPE_COERCE' }
}

function moment(value: unknown, at: string): FormError | undefined {
  const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/
  const fits = value === undefined || (typeof value === 'string' && ISO.test(value) && !Number.isNaN(Date.parse(value)))
  return fits ? undefined : { at, code: 'DATE_TIME_TYPE_PARSE' }
}

function address(value: unknown, at: string): FormError | undefined {
  if (value === undefined || (typeof value === 'string' && /^https?:$/.test(URL.parse(value)?.protocol ?? ''))) {
    return undefined
  }
  return { at, code: 'URL_TYPE_INVALID_URL' }
}

function isMap(value: unknown): value is Anything {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
