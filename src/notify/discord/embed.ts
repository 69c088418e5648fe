import type { Message, MessageAlert } from '../../ports/notifier.ts'
import { asItIs, longestBeginning } from '../fit.ts'
import { linesWithoutLinks, links } from '../links.ts'
import { COLOURS, isMoment, mark, oneLine } from '../wording.ts'
import { asText } from './markdown.ts'

/** Limits of the API: https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
const MOST = { title: 256, description: 4096, fields: 25, name: 256, value: 1024 }
const MOST_FOOTER = 80

type Field = { readonly name: string; readonly value: string; readonly inline: true }
/** No `url`: of embeds with one URL only the first would be shown. */
export type Embed = {
  readonly title: string
  readonly description: string
  readonly color: number
  readonly fields: readonly Field[]
  readonly footer: { readonly text: string }
  readonly timestamp?: string
}

/** One alert in at most `most` characters over all its texts. `most` is at least 500. */
export function embedOf(alert: MessageAlert, message: Message, most: number): Embed {
  const title = longestBeginning(oneLine(`${mark(alert)} ${alert.summary}`), MOST.title, asText)
  const footer = longestBeginning(oneLine(`${message.sender} · incident ${alert.incident}`), MOST_FOOTER, asItIs)
  const left = most - title.length - footer.length
  const linked = linkLine(alert, left / 3)
  const fields = fieldsOf(alert, Math.floor(left / 3))
  const used = sizeOfFields(fields) + linked.length
  const lines = linesWithoutLinks(alert, message).join('\n')
  const atMs = alert.endsMs ?? alert.startsMs
  return {
    title,
    description: `${longestBeginning(lines, Math.min(left - used, MOST.description - linked.length), asText)}${linked}`,
    color: alert.status === 'resolved' ? COLOURS.resolved : COLOURS[alert.severity],
    fields,
    footer: { text: footer },
    ...(isMoment(atMs) ? { timestamp: new Date(atMs).toISOString() } : {}),
  }
}

/** What counts towards the limit over all embeds of a post. */
export function sizeOf({ title, description, fields, footer }: Embed): number {
  return title.length + description.length + footer.text.length + sizeOfFields(fields)
}

function sizeOfFields(fields: readonly Field[]): number {
  return fields.reduce((sum, { name, value }) => sum + name.length + value.length, 0)
}

/** A line of its own, or nothing where it would leave too little for words. */
function linkLine(alert: MessageAlert, most: number): string {
  const line = links(alert).map(({ word, address }) => `[${word}](${address})`)
  const text = line.length === 0 ? '' : `\n${line.join(' · ')}`
  return text.length <= most ? text : ''
}

/** The labels, as many of them as `room` lets in. */
function fieldsOf({ labels }: MessageAlert, room: number): Field[] {
  const fields: Field[] = []
  let used = 0
  for (const [label, content] of Object.entries(labels)) {
    if (label === 'alertname' || label === 'severity') continue
    const name = longestBeginning(oneLine(label), Math.min(MOST.name, Math.floor(room / 2)), asText)
    const value = longestBeginning(oneLine(content), Math.min(MOST.value, Math.floor(room / 2)), asText)
    if (name === '' || value === '') continue
    used += name.length + value.length
    if (used > room || fields.length === MOST.fields) break
    fields.push({ name, value, inline: true })
  }
  return fields
}
