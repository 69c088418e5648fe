import type { ApiOutcome, JournalPart, JournalQuery } from '../../ports/cluster.ts'
import { readJournal } from '../reading/journal.ts'
import type { ClusterAsk } from './cluster-ask.ts'
import { forPeople } from './outcome.ts'

const DEFAULT_BYTES = 4 * 1024 * 1024
const MOST_BYTES = 32 * 1024 * 1024
/** Of the usual deadline. */
const PATIENCE = 3
const PATH = '/nodes/{node}/journal'

/**
 * A node's journal. Of one that is longer than `maxBytes` the end is kept: the last lines before a reset are the ones
 * that tell. `lastEntries` and a range exclude each other in the API: with a range, the last lines of it are taken here.
 */
export async function askJournal(
  cluster: ClusterAsk,
  node: string,
  query: JournalQuery,
  signal?: AbortSignal,
): Promise<ApiOutcome<JournalPart>> {
  const { sinceS, untilS, startCursor, lastEntries } = query
  const ranged = sinceS !== undefined || untilS !== undefined || startCursor !== undefined
  const params = {
    node,
    // A cursor says where to begin, too, and the API takes one of the two.
    ...(startCursor === undefined ? { since: whole(sinceS) } : { startcursor: startCursor }),
    until: whole(untilS),
    // 0 would be taken for no limit.
    ...(ranged ? {} : { lastentries: Math.max(1, whole(lastEntries ?? 1000) ?? 1) }),
  }
  const maxBytes = Math.min(query.maxBytes ?? DEFAULT_BYTES, MOST_BYTES)
  const options = { section: 'journal', maxBytes, patience: PATIENCE, ...(signal === undefined ? {} : { signal }) }
  const outcome = await cluster.ask('read', node, (endpoint) =>
    endpoint.callText({ method: 'GET', path: PATH, params }, options, 'keep-end'),
  )
  if (!outcome.ok) return outcome
  const part = readJournal(outcome.value.text, outcome.value.droppedBytes)
  if (part === undefined) return forPeople('malformed-answer', `The answer to GET ${PATH} of ${node} is no journal.`)
  const tooMany = ranged && lastEntries !== undefined && part.lines.length > lastEntries
  const cut = tooMany ? { ...part, lines: part.lines.slice(-Math.max(1, lastEntries)), truncated: true } : part
  return { ok: true, value: cut }
}

function whole(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.max(0, Math.floor(value))
}
