import type { Message, MessageAlert } from '../ports/notifier.ts'
import { alertLines } from './wording.ts'

const MOST_ADDRESS = 400

/** The pages about an alert that can be shown as links, with a word for each. */
export function links(alert: MessageAlert): { readonly word: string; readonly address: string }[] {
  const found = [
    { word: 'Runbook', address: webAddress(alert.runbookUrl) },
    { word: 'Source', address: webAddress(alert.link) },
  ]
  return found.flatMap(({ word, address }) => (address === undefined ? [] : [{ word, address }]))
}

/** The lines of an alert without those that `links` gives; what is no web address stays a line of text. */
export function linesWithoutLinks(alert: MessageAlert, message: Message): string[] {
  const { runbookUrl, link, ...rest } = alert
  const asText = {
    ...(runbookUrl === undefined || webAddress(runbookUrl) !== undefined ? {} : { runbookUrl }),
    ...(link === undefined || webAddress(link) !== undefined ? {} : { link }),
  }
  return alertLines({ ...rest, ...asText }, message)
}

/**
 * The address of a page in a form that no markup can mistake for anything else; undefined where it is none, pretends to
 * be another (`https://bank@elsewhere`), or is longer than a link may be.
 */
export function webAddress(text: string | undefined): string | undefined {
  const url = URL.parse(text ?? '')
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined
  const address = url.href.replace(/[^A-Za-z0-9\-._~:/?#@!$&+,;=%[\]]/g, percent)
  return address.length <= MOST_ADDRESS ? address : undefined
}

/** What a URL prints of itself is ASCII. */
function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
