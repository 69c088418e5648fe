export type NtfyAction = { readonly action: string; readonly label: string; readonly url?: string }

type Publication = {
  readonly topic: string
  readonly message: string
  readonly title?: string
  readonly priority?: number
  readonly tags?: readonly string[]
  readonly click?: string
  readonly actions?: readonly NtfyAction[]
  readonly sequence_id?: string
}

/** A message as subscribers see it. */
export type NtfyMessage = Publication & { readonly id: string; readonly time: number; readonly event: 'message' }

type Found = { readonly publication: Publication } | { readonly code: number; readonly error: string }

const NAME = /^[-_A-Za-z0-9]{1,64}$/
const MOST_ACTIONS = 3
const KINDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  topic: isText,
  message: isText,
  title: isText,
  priority: Number.isInteger,
  tags: (value) => Array.isArray(value) && value.every(isText),
  click: isText,
  actions: Array.isArray,
  sequence_id: isText,
}

/** What somebody wants to publish, or how ntfy refuses it. Fields that it does not know it ignores. */
export function publicationIn(text: string, limits: { messageLimit: number; titleLimit: number | undefined }): Found {
  const wrong = (code: number, error: string) => ({ code, error })
  const given = objectIn(text)
  if (given === undefined || Object.entries(given).some(([key, value]) => KINDS[key]?.(value) === false)) {
    return wrong(40_024, 'invalid request: request body must be valid JSON')
  }
  const { topic, title, priority = 0, tags = [], click, actions = [], sequence_id } = given as Partial<Publication>
  if (topic === undefined || !NAME.test(topic)) return wrong(40_009, 'invalid request: topic invalid')
  if (priority < 0 || priority > 5) return wrong(40_007, 'invalid priority parameter')
  const bad = badAction(actions)
  if (bad !== undefined) return wrong(40_018, `invalid request: actions invalid, ${bad}`)
  if (sequence_id !== undefined && !NAME.test(sequence_id)) return wrong(40_049, 'invalid request: sequence ID invalid')
  if (limits.titleLimit !== undefined && Buffer.byteLength(title ?? '') > limits.titleLimit) {
    return wrong(40_057, 'invalid request: title too long')
  }
  const message = String(given.message ?? '').trim() || 'triggered'
  if (Buffer.byteLength(String(given.message ?? '')) > limits.messageLimit) {
    return wrong(40_014, 'invalid request: attachments not allowed')
  }
  return {
    publication: {
      topic,
      message,
      ...(title === undefined || title === '' ? {} : { title: decodeWords(title) }),
      ...(priority === 0 ? {} : { priority }),
      ...(tags.length === 0 ? {} : { tags: tags.join(',').split(',') }),
      ...(click === undefined ? {} : { click }),
      ...(actions.length === 0 ? {} : { actions }),
      ...(sequence_id === undefined ? {} : { sequence_id }),
    },
  }
}

function badAction(actions: readonly NtfyAction[]): string | undefined {
  if (actions.length > MOST_ACTIONS) return `only ${MOST_ACTIONS} actions allowed`
  for (const { action, label, url } of actions) {
    if (!['view', 'broadcast', 'http'].includes(action)) return `action '${action}' unknown`
    if (!isText(label) || label === '') return "parameter 'label' is required"
    if (action !== 'broadcast' && (!isText(url) || url === '')) return `parameter 'url' is required for '${action}'`
  }
  return undefined
}

/** The JSON becomes headers inside the server, and those are decoded as RFC 2047 has it. */
function decodeWords(title: string): string {
  return title.replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how: string, text: string) =>
    how.toLowerCase() === 'b'
      ? Buffer.from(text, 'base64').toString('utf8')
      : text
          .replaceAll('_', ' ')
          .replace(/=([0-9a-f]{2})/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  )
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
