import type { Message } from '../../ports/notifier.ts'
import { longestBeginning } from '../fit.ts'
import { isAllInTitle, oneLine, titleLine } from '../wording.ts'
import { asText } from './markdown.ts'

const MOST_TITLE = 300
const MOST_LATE = 300

/** Who may be pinged, in the API's words. Always sent: without it Discord pings whomever the text names. */
export type AllowedMentions = {
  readonly parse: readonly 'everyone'[]
  readonly roles: readonly string[]
  readonly users: readonly string[]
}

export const NOBODY: AllowedMentions = { parse: [], roles: [], users: [] }

export type Head = { readonly text: string; readonly mentions: AllowedMentions }

/** What stands above the alerts of a post. The first of them says how late it comes, and pings. */
export function headOf(message: Message, mention: readonly string[], isFirst: boolean, titled: boolean): Head {
  const title = titled || !isAllInTitle(message) || message.kind !== 'alerts' ? titleLine(message) : ''
  if (!isFirst)
    return { text: `**${longestBeginning(titleLine(message), MOST_TITLE, asText)}** (continued)`, mentions: NOBODY }
  const pinged = rings(message) ? [...new Set(mention)] : []
  const bold = title === '' ? '' : `**${longestBeginning(title, MOST_TITLE, asText)}**`
  const late = message.late === undefined ? '' : longestBeginning(oneLine(message.late), MOST_LATE, asText)
  const first = [...pinged.map(written), bold].filter((word) => word !== '').join(' ')
  return { text: [first, late].filter((line) => line !== '').join('\n'), mentions: allowed(pinged) }
}

function rings({ kind, status }: Message): boolean {
  return kind === 'test' || (kind === 'alerts' && status === 'firing')
}

function written(mention: string): string {
  const [kind, id] = mention.split(':')
  if (id === undefined) return `@${kind}`
  return kind === 'role' ? `<@&${id}>` : `<@${id}>`
}

function allowed(mentions: readonly string[]): AllowedMentions {
  const idsOf = (kind: string) => mentions.flatMap((mention) => mention.match(`^${kind}:(\\d+)$`)?.[1] ?? [])
  const all = mentions.some((mention) => !mention.includes(':'))
  return { parse: all ? ['everyone'] : [], roles: idsOf('role'), users: idsOf('user') }
}
