import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { hears } from '../../world/cluster/membership.ts'
import { touchClusters } from '../../world/cluster/touch.ts'
import { type ClusterNode, findNode, type World } from '../../world/index.ts'
import { Access, checkPermission } from './access.ts'
import { Afterwards, type Call } from './call.ts'
import { NO_PVE_FAULTS, type PveFaults } from './faults.ts'
import { type PveDelays, type PveOptions, USUAL_DELAYS } from './options.ts'
import { checkParameters, type Parameters, SCHEMA } from './parameters.ts'
import { Refusal } from './refusal.ts'
import { type Route, routeOf } from './routes.ts'
import type { Wall } from './wall.ts'
import { garble, type Reply, readParameters, refusalOf, replyOf, send } from './wire.ts'

const ROOT = '/api2/json'
const MOST_RECORDED = 2_000

/** What the API is part of. */
export type PveSite = {
  readonly world: World
  readonly wall: Wall
  readonly catchUp: () => void
  /** A call changed the world. */
  readonly changed: () => void
}

export type RecordedCall = {
  readonly node: string
  readonly verb: string
  readonly path: string
  readonly status: number
}

type Outcome = { readonly reply: Reply; readonly isJournal: boolean; readonly run?: () => void }

/** The Proxmox API of every node in the lab. Each answers what it knows itself, and passes on what others know. */
export class PveApi {
  readonly #site: PveSite
  readonly #delays: PveDelays
  readonly #access: Access
  readonly #faults = new Map<string, PveFaults>()
  readonly #ended = new AbortController()
  readonly #record: RecordedCall[] = []

  constructor(site: PveSite, options: PveOptions) {
    this.#site = site
    this.#delays = { ...USUAL_DELAYS, ...options.delays }
    this.#access = new Access(options, this.#delays, () => site.wall.s(site.world.nowMs))
  }

  /** From now on something is wrong with the API of this node; `{}` ends it. */
  setFaults(node: string, faults: Partial<PveFaults>): void {
    this.#faults.set(node, { ...NO_PVE_FAULTS, ...faults })
  }

  /** The last calls, oldest first. */
  calls(): readonly RecordedCall[] {
    return this.#record
  }

  /** Nothing that still waits is answered. */
  stop(): void {
    this.#ended.abort()
  }

  /** Serves a request to `host`, unless by the time of its answer it may not speak any more. */
  async serve(host: string, request: IncomingMessage, response: ServerResponse, answers: () => boolean): Promise<void> {
    this.#site.catchUp()
    const faults = this.#faults.get(host) ?? NO_PVE_FAULTS
    const url = new URL(request.url ?? '/', 'https://lab.invalid')
    const path = url.pathname.slice(ROOT.length)
    const hit = path.startsWith(faults.only)
    const { reply, isJournal, run } = await this.#replyTo(host, request, url, path, hit ? faults : NO_PVE_FAULTS)
    if (run !== undefined) response.once('close', run)
    if (hit && faults.slowMs > 0) await this.#wait(faults.slowMs)
    if (this.#ended.signal.aborted || response.destroyed || !answers()) return
    this.#remember({ node: host, verb: request.method ?? '', path, status: reply.status })
    if (!hit || faults.answers === 'as-usual' || faults.answers === 'unauthorized') {
      const clockMs = this.#site.wall.ms(this.#site.world.nowMs, findNode(this.#site.world, host)?.node)
      send(request, response, reply, { packed: isJournal && reply.status === 200, clockMs })
    } else if (faults.answers !== 'silent') {
      garble(response, faults.answers, reply)
    }
  }

  async #replyTo(host: string, request: IncomingMessage, url: URL, path: string, faults: PveFaults): Promise<Outcome> {
    try {
      if (!url.pathname.startsWith(`${ROOT}/`)) throw new Refusal(501, `no such file '${url.pathname}'`)
      const found = findNode(this.#site.world, host)
      if (found === undefined) throw new Refusal(401, 'No ticket')
      const given = await readParameters(request, url)
      const writes = request.method !== 'GET'
      if (faults.answers === 'unauthorized') throw new Refusal(401, 'permission denied - invalid PVE ticket')
      if (path === '/access/ticket') return { reply: replyOf(this.#ticket(request, given), false), isJournal: false }
      const caller = this.#access.caller(request.headers, writes)
      if (path === '/access/permissions') {
        const grants = Object.entries(caller.grants).map(([at, list]) => [
          at,
          Object.fromEntries(list.map((p) => [p, 1])),
        ])
        return { reply: replyOf(Object.fromEntries(grants), false), isJournal: false }
      }
      const route = routeOf(request.method, path)
      if (route === undefined) throw new Refusal(501, `Method '${request.method} ${path}' not implemented`)
      const version = faults.version ?? found.cluster.version
      const parameters = { ...given, ...decoded(route.inPath) }
      checkPermission(permissionOf(route, version), parameters, caller)
      const node = this.#nodeFor(found.node, route, parameters)
      checkParameters(route.path, route.method, parameters, version)
      const { world, wall } = this.#site
      const { cluster } = found
      const call: Call = { world, cluster, node, wall, version, parameters, caller, delays: this.#delays, faults }
      const answer = route.answer(call)
      if (writes) this.#follow()
      const isJournal = route.path.endsWith('/journal')
      if (!(answer instanceof Afterwards)) return { reply: replyOf(answer, isJournal), isJournal }
      return { reply: replyOf(answer.data, false), isJournal, run: () => this.#afterwards(answer) }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.afterMs > 0) await this.#wait(error.afterMs)
      return { reply: refusalOf(error), isJournal: false }
    }
  }

  #afterwards(answer: Afterwards): void {
    if (this.#ended.signal.aborted) return
    this.#site.catchUp()
    answer.run()
    this.#follow()
  }

  /** What comes of a write at once is there before it is answered. */
  #follow(): void {
    touchClusters(this.#site.world)
    this.#site.catchUp()
    this.#site.changed()
  }

  #ticket(request: IncomingMessage, given: Parameters) {
    const method = SCHEMA['/access/ticket']?.[request.method ?? '']
    if (method === undefined) return null
    checkParameters('/access/ticket', method, given, '9.2')
    const { username = '', password = '', realm } = given
    return this.#access.ticket(username.includes('@') ? username : `${username}@${realm ?? 'pam'}`, password)
  }

  /** The node that answers: most of what is under `/nodes/{node}` is passed on to that node, over the same network. */
  #nodeFor(asked: ClusterNode, route: Route, parameters: Parameters): ClusterNode {
    const name = parameters.node
    if (!route.path.startsWith('/nodes/{node}') || name === undefined || name === asked.name) return asked
    const found = findNode(this.#site.world, name)
    const mine = findNode(this.#site.world, asked.name)
    if (found === undefined || found.cluster !== mine?.cluster) {
      const why = `failed to get address info for: ${name}: Name or service not known`
      throw new Refusal(500, `hostname lookup '${name}' failed - ${why}`)
    }
    // Round-robin data is kept by every node of all of them.
    if (route.method.proxyto !== 'node') return found.node
    if (!hears(found.cluster, asked, found.node) || !hears(found.cluster, found.node, asked)) {
      throw new Refusal(595, 'No route to host', { afterMs: this.#delays.unreachableMs })
    }
    return found.node
  }

  async #wait(ms: number): Promise<void> {
    await setTimeout(ms, undefined, { signal: this.#ended.signal }).catch(() => {})
  }

  #remember(call: RecordedCall): void {
    this.#record.push(call)
    if (this.#record.length > MOST_RECORDED) this.#record.shift()
  }
}

/** Before 9 whatever a guest's agent tells needs VM.Monitor. */
function permissionOf({ path, method }: Route, version: string) {
  return path.includes('/agent/') && version !== '9.2' ? ['perm', '/vms/{vmid}', ['VM.Monitor']] : method.permissions
}

function decoded(inPath: Readonly<Record<string, string>>): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(inPath).map(([name, value]) => [name, decodeURIComponent(value)]))
  } catch {
    throw new Refusal(400, 'invalid path')
  }
}
