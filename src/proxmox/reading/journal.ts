import type { JournalPart } from '../../ports/cluster.ts'
import { optional, row } from './loose.ts'

const CURSOR = /^s=[0-9a-f]+;i=[0-9a-f]+;b=([0-9a-f]+);/

/**
 * `GET /nodes/{node}/journal`: `{ data: [cursor, line, ..., cursor] }`, in some versions inside another `data`. Of an
 * answer whose beginning was left out (`droppedBytes`) the lines from the first whole one on.
 */
export function readJournal(answer: string, droppedBytes: number): JournalPart | undefined {
  const items = droppedBytes === 0 ? wholeList(answer) : endOfList(answer)
  if (items === undefined) return undefined
  const startCursor = items[0] !== undefined && CURSOR.test(items[0]) ? items[0] : undefined
  const last = items.length > 1 ? items.at(-1) : undefined
  const endCursor = last !== undefined && CURSOR.test(last) ? last : undefined
  const lines = items.slice(startCursor === undefined ? 0 : 1, endCursor === undefined ? undefined : -1)
  return {
    lines,
    truncated: droppedBytes > 0,
    ...optional('startCursor', startCursor),
    ...optional('endCursor', endCursor),
    ...optional('bootId', CURSOR.exec(endCursor ?? startCursor ?? '')?.[1]),
  }
}

function wholeList(answer: string): readonly string[] | undefined {
  let data: unknown
  try {
    data = row(JSON.parse(answer))?.data
  } catch {
    return undefined
  }
  return strings(Array.isArray(data) ? data : row(data)?.data)
}

/** From the first border between two elements: `","`, whose first quote is not a quoted one of a line's own text. */
function endOfList(answer: string): readonly string[] | undefined {
  const end = answer.lastIndexOf('"]')
  for (const border of answer.matchAll(/"\s*,\s*(?=")/g)) {
    if (isEscaped(answer, border.index)) continue
    try {
      return strings(JSON.parse(`[${answer.slice(border.index + border[0].length, end + 1)}]`))
    } catch {
      // The cut fell between a backslash and its quote.
    }
  }
  return []
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0
  while (text[at - 1 - slashes] === '\\') slashes += 1
  return slashes % 2 === 1
}

function strings(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : undefined
}
