type Anything = Readonly<Record<string, unknown>>

/** Its keys, beside `type` and `block_id`. */
const BLOCKS: Readonly<Record<string, readonly string[]>> = {
  header: ['text'],
  section: ['text', 'fields', 'accessory', 'expand'],
  context: ['elements'],
  divider: [],
}

/** Of all texts of a message. Not documented; a little above this the service answers `msg_blocks_too_long`. */
const MOST_IN_ALL = 13_000

/** The word with which Slack refuses a message, as its documentation of webhooks and Block Kit has it. */
export function refusalOf(message: Anything): string | undefined {
  const { text, blocks } = message
  if (text !== undefined && typeof text !== 'string') return 'invalid_payload'
  if (blocks === undefined) return (text ?? '').trim() === '' ? 'no_text' : undefined
  if (!Array.isArray(blocks) || blocks.length === 0 || blocks.length > 50) return 'invalid_blocks'
  const ids = blocks.flatMap((block) => (isMap(block) && block.block_id !== undefined ? [block.block_id] : []))
  if (new Set(ids).size < ids.length || !blocks.every(isBlock)) return 'invalid_blocks'
  const total = textsOf(blocks).reduce((sum, { length }) => sum + length, 0)
  return total > MOST_IN_ALL ? 'msg_blocks_too_long' : undefined
}

/** The texts of blocks that are in order. */
export function textsOf(blocks: readonly unknown[]): string[] {
  return (blocks as Anything[]).flatMap(({ text, fields, elements }) => {
    const objects = [text, ...((fields as unknown[]) ?? []), ...((elements as unknown[]) ?? [])].filter(isMap)
    return objects.map((object) => object.text as string)
  })
}

function isBlock(block: unknown): boolean {
  if (!isMap(block) || typeof block.type !== 'string') return false
  const keys = BLOCKS[block.type]
  if (keys === undefined || Object.keys(block).some((key) => ![...keys, 'type', 'block_id'].includes(key))) return false
  const { block_id: id = 'x', text, fields, elements } = block
  if (typeof id !== 'string' || id.length === 0 || id.length > 255) return false
  if (block.type === 'header') return isText(text, 150, ['plain_text'])
  if (block.type === 'context') return isList(elements, 10, (element) => isText(element, 3000))
  if (block.type !== 'section') return true
  if (text === undefined && fields === undefined) return false
  return (
    (text === undefined || isText(text, 3000)) &&
    (fields === undefined || isList(fields, 10, (field) => isText(field, 2000)))
  )
}

function isText(object: unknown, most: number, types = ['plain_text', 'mrkdwn']): boolean {
  if (!isMap(object) || typeof object.type !== 'string' || !types.includes(object.type)) return false
  const own = object.type === 'mrkdwn' ? 'verbatim' : 'emoji'
  if (Object.keys(object).some((key) => !['type', 'text', own].includes(key))) return false
  if (object[own] !== undefined && typeof object[own] !== 'boolean') return false
  const { text } = object
  return typeof text === 'string' && text.trim().length > 0 && text.length <= most
}

function isList(value: unknown, most: number, fits: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.length <= most && value.every(fits)
}

function isMap(value: unknown): value is Anything {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
