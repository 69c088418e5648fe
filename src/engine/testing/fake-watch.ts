import type { ClusterViews, HaStatus, NodeView } from '../../core/cluster/types.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ApiOutcome, ClusterWatch, JournalPart, JournalQuery } from '../../ports/cluster.ts'

type Line = { readonly atMs: number; readonly text: string }
type Boot = { readonly id: string; readonly startMs: number; lines: Line[] }

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (value: number) => String(value).padStart(2, '0')

/** A node with a journal, as a reader of it sees it: several boots in a row, what was not synced lost. */
export class FakeNode {
  readonly name: string
  readonly #clock: Clock
  readonly boots: Boot[] = []
  #count = 0
  /** How far its clock is off. */
  errorMs = 0
  /** Whether the view tells the boot id, and the journal its borders. */
  tellsBootId = true
  drawsBorders = true
  kernel = '6.14.8-2-pve'
  haActive = false
  refusal: Extract<ApiOutcome<never>, { ok: false }> | undefined
  readonly asked: JournalQuery[] = []

  constructor(name: string, clock: Clock) {
    this.name = name
    this.#clock = clock
    this.boot()
  }

  get #nowMs(): number {
    return this.#clock.now().wallMs
  }

  get present(): Boot {
    return this.boots.at(-1) as Boot
  }

  boot(words: readonly string[] = []): void {
    this.#count += 1
    const id = this.#count.toString(16).padStart(32, '0')
    this.boots.push({ id, startMs: this.#nowMs, lines: [] })
    this.say('kernel', `Linux version ${this.kernel} (build@proxmox) #1 SMP PREEMPT_DYNAMIC`)
    for (const text of words) this.say('kernel', text)
  }

  say(who: string, text: string): void {
    const at = new Date(this.#nowMs + this.errorMs)
    const day = `${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2, ' ')}`
    const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
    this.present.lines.push({ atMs: at.getTime(), text: `${day} ${time} ${this.name} ${who}: ${text}` })
  }

  /** It ends as if its power was cut: the last half minute never reaches the disk. */
  die(unsyncedMs = 30_000): void {
    const kept = this.#nowMs + this.errorMs - unsyncedMs
    this.present.lines = this.present.lines.filter(({ atMs }) => atMs <= kept)
  }

  journal(query: JournalQuery): ApiOutcome<JournalPart> {
    this.asked.push(query)
    if (this.refusal !== undefined) return this.refusal
    const all = this.boots.flatMap((boot) => boot.lines.map((line, index) => ({ ...line, boot, index })))
    const { sinceS, untilS, startCursor, lastEntries, maxBytes = Number.POSITIVE_INFINITY } = query
    const from = startCursor === undefined ? 0 : all.findIndex((line) => cursorOf(line) === startCursor) + 1
    const ranged = all
      .slice(from)
      .filter(
        ({ atMs }) => (sinceS === undefined || atMs >= sinceS * 1000) && (untilS === undefined || atMs < untilS * 1000),
      )
    let taken = lastEntries === undefined ? ranged : ranged.slice(-lastEntries)
    let bytes = taken.reduce((sum, { text }) => sum + text.length, 0)
    while (bytes > maxBytes) {
      bytes -= taken[0]?.text.length ?? 0
      taken = taken.slice(1)
    }
    const lines = taken.flatMap(({ text, boot }, index) => {
      const isOther = index > 0 && taken[index - 1]?.boot !== boot
      return isOther && this.drawsBorders ? ['-- Reboot --', text] : [text]
    })
    const end = taken.at(-1)
    return {
      ok: true,
      value: {
        lines,
        truncated: taken.length < ranged.length,
        ...(end === undefined ? {} : { endCursor: cursorOf(end), bootId: end.boot.id }),
      },
    }
  }

  view(haOf: readonly FakeNode[]): NodeView {
    const at = this.#clock.now()
    const { present, tellsBootId, kernel } = this
    const lrms = haOf.map(({ name, haActive }): HaStatus['lrms'][number] => ({
      node: name,
      timestampS: 0,
      state: haActive ? 'active' : 'idle',
      dead: false,
      watchdog: haActive ? 'active' : 'standby',
      words: '',
    }))
    return {
      node: this.name,
      endpoint: `${this.name}:8006`,
      ha: { at, value: { quorate: true, armed: 'armed', lrms, services: [], nodeStates: {} } },
      status: {
        at,
        value: {
          quorate: true,
          members: haOf.map(({ name }, index) => ({
            name,
            nodeId: index + 1,
            online: true,
            local: name === this.name,
          })),
        },
      },
      own: {
        at,
        value: {
          uptimeS: Math.floor((at.wallMs - present.startMs) / 1000),
          ...(tellsBootId ? { bootId: present.id } : {}),
          kernel: `Linux ${kernel} #1 SMP PREEMPT_DYNAMIC`,
          clockS: (at.wallMs + this.errorMs) / 1000,
          clockOursS: at.wallMs / 1000,
          pveVersion: 'pve-manager/9.2.11',
          loads: [],
          cpuRatio: 0,
          cpus: 1,
          memoryBytes: 0,
          memoryMaxBytes: 0,
          rootUsedBytes: 0,
          rootTotalBytes: 0,
        },
      },
      errors: {},
    }
  }
}

function cursorOf({ boot, index }: { readonly boot: Boot; readonly index: number }): string {
  return `s=0;i=${index.toString(16)};b=${boot.id};m=${index.toString(16)}`
}

const NOT_HERE = { ok: false, code: 'not-supported', sentence: 'Not in this fake.' } as const

/** A cluster of such nodes. A node that is away keeps its last view, as the poller does. */
export class FakeWatch implements ClusterWatch {
  readonly cluster: string
  readonly nodes: readonly FakeNode[]
  readonly away = new Set<string>()
  readonly #listeners = new Set<() => void>()
  #views: ClusterViews

  constructor(cluster: string, nodes: readonly FakeNode[]) {
    this.cluster = cluster
    this.nodes = nodes
    this.#views = { cluster, views: {}, unreached: {} }
  }

  get listeners(): number {
    return this.#listeners.size
  }

  /** One round of the poller. */
  poll(): void {
    const there = this.nodes.filter(({ name }) => !this.away.has(name))
    const fresh = Object.fromEntries(there.map((node) => [node.name, node.view(this.nodes)]))
    this.#views = { ...this.#views, views: { ...this.#views.views, ...fresh } }
    for (const listener of this.#listeners) listener()
  }

  views(): ClusterViews {
    return this.#views
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async journal(node: string, query: JournalQuery): Promise<ApiOutcome<JournalPart>> {
    const found = this.nodes.find(({ name }) => name === node)
    if (found === undefined || this.away.has(node)) {
      return { ok: false, code: 'unreachable', sentence: `${node} does not answer.` }
    }
    return found.journal(query)
  }

  stats = () => []
  endpoints = () => []
  refresh = async () => undefined
  history = async () => NOT_HERE
  permissions = async () => NOT_HERE
  startGuest = async () => NOT_HERE
  disarmHa = async () => NOT_HERE
  armHa = async () => NOT_HERE
  actOnPower = async () => NOT_HERE
  close = async () => undefined
}
