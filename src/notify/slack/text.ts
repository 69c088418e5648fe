import type { Escape } from '../fit.ts'

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/**
 * Text from outside: Slack reads a control sequence, such as a mention or a link, only between `<` and `>`.
 * https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export const asText: Escape = (character) => ENTITIES[character] ?? character
