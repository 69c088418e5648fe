import type { NodeStatus } from '../../core/cluster/types.ts'
import { elapsedMs } from '../../core/time.ts'
import type { ApiAnswer } from '../api/endpoint.ts'
import { readJournal } from '../reading/journal.ts'
import { optional } from '../reading/loose.ts'
import { readNode } from '../reading/node.ts'
import { type Asking, notUnderstood, type SectionOutcome, type SectionReader } from './section.ts'

const STATUS = '/nodes/{node}/status'
/** By so much the moment of its boot may seem to move: uptime is in whole seconds, and calls take a while. */
const SAME_BOOT_S = 30
/** Where the boot id could not be read, privileges may have been given since. */
const AGAIN_MS = 600_000

/** Of the boot: the node's uptime at a time of ours. */
type Boot = {
  readonly uptimeS: number
  readonly answer: ApiAnswer
  readonly bootId?: string
  readonly asked: ApiAnswer
}

/** What the node says of itself: its boot id is asked for only when its uptime shows another boot. */
export class NodeSection implements SectionReader<'node'> {
  readonly section = 'node'
  #boot: Boot | undefined

  async read(asking: Asking): Promise<SectionOutcome<NodeStatus>> {
    const answer = await asking.ask({ method: 'GET', path: STATUS, params: { node: asking.node } })
    if (!answer.ok) return answer
    const status = readNode(answer.value.data)
    if (status === undefined) return notUnderstood(answer.value.at, STATUS)
    const bootId = await this.#bootId(asking, status.uptimeS, answer.value)
    const { clockS, clockOursS, at } = answer.value
    const clocks = clockS === undefined ? {} : { clockS, clockOursS }
    return { ok: true, at, value: { ...status, ...clocks, ...optional('bootId', bootId) } }
  }

  async #bootId(asking: Asking, uptimeS: number, answer: ApiAnswer): Promise<string | undefined> {
    const known = this.#boot
    if (known !== undefined && sameBoot(known, uptimeS, answer)) {
      const settled = known.bootId !== undefined || elapsedMs(known.asked.at, answer.at) < AGAIN_MS
      if (settled) {
        this.#boot = { ...known, uptimeS, answer }
        return known.bootId
      }
    }
    // One entry is enough for its cursor. Never 0 of them: pvedaemon takes that for no limit and sends the whole journal.
    const params = { node: asking.node, lastentries: 1 }
    const journal = await asking.ask({ method: 'GET', path: '/nodes/{node}/journal', params })
    const part = journal.ok ? readJournal(JSON.stringify({ data: journal.value.data }), 0) : undefined
    this.#boot = { uptimeS, answer, asked: answer, ...optional('bootId', part?.bootId) }
    return part?.bootId
  }
}

function sameBoot(known: Boot, uptimeS: number, answer: ApiAnswer): boolean {
  const passedS = elapsedMs(known.answer.at, answer.at) / 1000
  return Math.abs(uptimeS - known.uptimeS - passedS) <= SAME_BOOT_S && uptimeS >= known.uptimeS
}
