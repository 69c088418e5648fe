import { nodeFindings } from '../../core/audit/node-findings.ts'
import { quorumFindings } from '../../core/audit/quorum-findings.ts'
import { judgeCluster } from '../../core/cluster/model.ts'
import { isMasked, muxRuns } from '../../core/node-watchdog/for-good.ts'
import { refusal } from '../../core/node-watchdog/refuse.ts'
import { adopted } from '../../core/node-watchdog/restart.ts'
import { sightOf } from '../../core/node-watchdog/sight.ts'
import { DISARM_REFUSALS, type DisarmRow, type Inside, keyOf } from '../../core/node-watchdog/types.ts'
import { spell } from '../../core/phrase.ts'
import { later } from '../../core/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ClusterWatch } from '../../ports/cluster.ts'
import type { NodeShell } from '../../ports/node-shell.ts'
import type {
  DisarmRequest,
  DisarmStore,
  NodeName,
  NodeWatchdogAnswer,
  NodeWatchdogStatus,
  NodeWatchdogs,
  NodeWatchdogWork,
} from '../../ports/node-watchdog.ts'
import { nodeFacts } from './facts.ts'
import { DisarmRun, type RunParts } from './run.ts'

export type DeskParts = Pick<RunParts, 'clock' | 'store' | 'told' | 'late'> & {
  /** As they are now: a reload may change them. */
  readonly watches: () => readonly ClusterWatch[]
  readonly shells: () => readonly NodeShell[]
}

/** Who disarms and arms the watchdogs of nodes. What is to be armed again is on disk before anything is disarmed. */
export class NodeWatchdogDesk implements NodeWatchdogs {
  readonly #parts: DeskParts
  readonly #runs = new Map<string, DisarmRun>()
  readonly #clock: Clock
  readonly #store: DisarmStore

  constructor(parts: DeskParts) {
    this.#parts = parts
    this.#clock = parts.clock
    this.#store = parts.store
  }

  /** Goes on with what a process before this one left, and arms again what is overdue. */
  start(): void {
    const now = this.#clock.now()
    for (const kept of this.#store.load()) {
      const row = adopted(kept, now)
      if (row !== kept) this.#store.put(row)
      this.#run(row)
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#runs.values()].map((run) => run.close()))
    this.#runs.clear()
  }

  rows(): readonly DisarmRow[] {
    return [...this.#runs.values()].flatMap(({ row }) => row ?? [])
  }

  work(name: NodeName): NodeWatchdogWork | undefined {
    const found = this.#find(name)
    if (!found.ok) return undefined
    return this.#runs.get(keyOf({ cluster: found.watch.cluster, node: name.node }))?.work() ?? IDLE
  }

  async status(name: NodeName): Promise<NodeWatchdogStatus | undefined> {
    const found = this.#find(name)
    if (!found.ok) return undefined
    const { watch } = found
    await watch.refresh(['status', 'votes', 'qdevice', 'ha', 'node'])
    const now = this.#clock.now()
    const model = judgeCluster(watch.views(), now)
    const shell = this.#shellOf(watch.cluster)
    const facts = await nodeFacts(name.node, {
      watch,
      model,
      nowS: now.wallMs / 1000,
      ...(shell === undefined ? {} : { shell }),
    })
    const disarmed = this.rows().filter(({ cluster }) => cluster === watch.cluster)
    const endpoints = watch.endpoints().map(({ endpoint }) => ({ url: endpoint, trust: 'system' as const }))
    const audited = { cluster: watch.cluster, model, nodes: [facts], endpoints, features: [], disarmed }
    return {
      ...(this.work(name) ?? IDLE),
      cluster: watch.cluster,
      facts,
      armed: model.ha?.value.armed ?? 'unknown',
      findings: [...nodeFindings(audited, facts), ...quorumFindings(audited)],
    }
  }

  async disarm(request: DisarmRequest): Promise<NodeWatchdogAnswer> {
    const found = this.#find(request)
    if (!found.ok) return found.answer
    const { watch } = found
    const key = keyOf({ cluster: watch.cluster, node: request.node })
    await watch.refresh(['version', 'status', 'votes', 'qdevice', 'ha'])
    const wish = this.#wish(request, watch.cluster, this.#runs.get(key)?.row)
    const inside = wish.forGood ? await this.#lookInside(watch.cluster, request.node) : undefined
    if (inside?.ok === false) return no('no-inside', inside.sentence)
    const refused = this.#refused(wish, watch, inside)
    if (refused !== undefined) return { ok: refused.code === 'nothing-to-disarm', ...refused }
    if (!this.#store.put(wish)) return no('store-unavailable', DISARM_REFUSALS['store-unavailable'])
    this.#run(wish, inside)
    const until = request.forMs === undefined ? 'for good' : `for ${spell(request.forMs)}`
    const sentence = `The watchdog of ${request.node} is being disarmed ${until}.`
    this.#parts.told(wish, sentence, 'begun')
    return { ok: true, code: 'disarming', sentence }
  }

  async arm({ by, ...name }: NodeName & { readonly by: string }): Promise<NodeWatchdogAnswer> {
    const found = this.#find(name)
    if (!found.ok) return found.answer
    const { cluster } = found.watch
    const known =
      this.#runs.get(keyOf({ cluster, node: name.node }))?.row ??
      (await this.#disarmedByOthers(name.node, by, found.watch))
    if ('code' in known) return known
    const now = this.#clock.now()
    const { settledAt: _, askedAt: __, ...rest } = known
    const row = { ...rest, goal: 'armed' as const, by, since: now, note: 'It is being armed again.' }
    // What cannot be written is done all the same: armed is the safe end.
    this.#store.put(row)
    this.#run(row)
    return { ok: true, code: 'arming', sentence: `The watchdog of ${name.node} is being armed again.` }
  }

  /** Without a row of ours: what is to be undone is seen, or nothing is. */
  async #disarmedByOthers(node: string, by: string, watch: ClusterWatch): Promise<DisarmRow | NodeWatchdogAnswer> {
    const { cluster } = watch
    await watch.refresh(['status', 'ha'])
    const inside = await this.#lookInside(cluster, node)
    const now = this.#clock.now()
    const { trusted, armed } = sightOf(judgeCluster(watch.views(), now), { node, now, reached: false, others: [] })
    if (!trusted) return no('not-trusted', `No fresh view with quorum tells how ${cluster} stands: try again.`)
    const haAsked = armed === 'disarmed' || armed === 'disarming'
    const muxTouched = inside?.ok === true && (isMasked(inside.facts) || !muxRuns(inside.facts))
    if (!haAsked && !muxTouched) {
      return {
        ok: true,
        code: 'nothing-to-arm',
        sentence: `${node} is as it should be: HA of ${cluster} is not disarmed.`,
      }
    }
    const rest = { forGood: muxTouched, mode: 'freeze', acceptsQuorumLoss: false, note: '' } as const
    return { cluster, node, goal: 'armed', by, madeAt: now, since: now, haAsked, muxTouched, ...rest }
  }

  #wish(request: DisarmRequest, cluster: string, known: DisarmRow | undefined): DisarmRow {
    const { node, by, reason, forMs, mode, acceptsQuorumLoss } = request
    const now = this.#clock.now()
    return {
      cluster,
      node,
      goal: 'disarmed',
      forGood: forMs === undefined,
      mode,
      by,
      madeAt: now,
      acceptsQuorumLoss,
      // What an earlier wish has done is still to be undone.
      haAsked: known?.haAsked ?? false,
      muxTouched: known?.muxTouched ?? false,
      since: now,
      note: 'It is being disarmed.',
      ...(reason === undefined ? {} : { reason }),
      ...(forMs === undefined ? {} : { forMs, rearmAt: later(now, forMs) }),
    }
  }

  #refused(wish: DisarmRow, watch: ClusterWatch, inside: Inside | undefined) {
    const now = this.#clock.now()
    const sight = sightOf(judgeCluster(watch.views(), now), {
      node: wish.node,
      now,
      reached: this.#shellOf(watch.cluster)?.reaches(wish.node) === true,
      others: [],
      ...(inside === undefined ? {} : { inside }),
    })
    return refusal(wish, sight)
  }

  async #lookInside(cluster: string, node: string): Promise<Inside | undefined> {
    const shell = this.#shellOf(cluster)
    if (shell?.reaches(node) !== true) return undefined
    const looked = await shell.look(node)
    const at = this.#clock.now()
    return looked.ok ? { ok: true, at, facts: looked.facts } : { ok: false, at, sentence: looked.sentence }
  }

  #run(row: DisarmRow, inside?: Inside): void {
    const key = keyOf(row)
    const known = this.#runs.get(key)
    if (known !== undefined) return known.replace(row)
    const { cluster } = row
    const run = new DisarmRun(
      row,
      {
        ...this.#parts,
        watch: () => this.#parts.watches().find((watch) => watch.cluster === cluster),
        shell: () => this.#shellOf(cluster),
        others: () =>
          this.rows()
            .filter((each) => each.cluster === cluster && each.node !== row.node)
            .filter((each) => each.goal === 'disarmed' && each.haAsked)
            .map(({ node }) => node),
      },
      inside,
    )
    this.#runs.set(key, run)
    run.start()
  }

  #shellOf(cluster: string): NodeShell | undefined {
    return this.#parts.shells().find((shell) => shell.cluster === cluster)
  }

  #find({ cluster, node }: NodeName): Found {
    const among = this.#parts.watches().filter((watch) => cluster === undefined || watch.cluster === cluster)
    if (among.length === 0) {
      const sentence = cluster === undefined ? 'No Proxmox cluster is configured.' : `No cluster is called ${cluster}.`
      return { ok: false, answer: no('no-such-node', sentence) }
    }
    const has = among.filter((watch) => {
      const views = Object.values(watch.views().views)
      return views.some((view) => view.node === node || view.status?.value.members.some(({ name }) => name === node))
    })
    const [watch, another] = has.length === 0 ? this.#remembered(among, node) : has
    if (watch === undefined) return { ok: false, answer: no('no-such-node', `No cluster has a node called ${node}.`) }
    if (another === undefined) return { ok: true, watch }
    const names = has.map((each) => each.cluster).join(', ')
    return {
      ok: false,
      answer: no('no-such-node', `Several clusters have a node called ${node}: say which of ${names}.`),
    }
  }

  /** A cluster that does not answer can still be asked to be armed again. */
  #remembered(among: readonly ClusterWatch[], node: string): readonly ClusterWatch[] {
    return among.filter(({ cluster }) => this.#runs.get(keyOf({ cluster, node }))?.row !== undefined)
  }
}

type Found =
  | { readonly ok: true; readonly watch: ClusterWatch }
  | { readonly ok: false; readonly answer: NodeWatchdogAnswer }

const IDLE: NodeWatchdogWork = { working: false, steps: [] }

function no(code: keyof typeof DISARM_REFUSALS, sentence: string): NodeWatchdogAnswer {
  return { ok: false, code, sentence }
}
