import { setTimeout } from 'node:timers/promises'
import type { Strip, World } from '../../world/index.ts'
import { childOf } from './child.ts'
import { answerRequest } from './dialect.ts'
import { type Garbage, type Mishap, NO_FAULTS, type StripFaults } from './faults.ts'
import { type Bench, type Child, isObject } from './reply.ts'
import { BoundedRecord, type Query, type Violation, type ViolationCode } from './violations.ts'

/** The lab around the device. `catchUp` lets happen what is due; `changed` lets the sockets follow the world. */
export type Site = {
  readonly world: World
  readonly realMs: () => number
  readonly randomBytes: (count: number) => Buffer
  catchUp(): void
  changed(): void
}

/** What goes back over the wire. `cut`: the connection is reset; `silence`: it stays open and nothing comes. */
export type Answer =
  | { readonly how: 'answer'; readonly text: string; readonly twice: boolean }
  | { readonly how: 'garbage'; readonly garbage: Garbage; readonly text: string }
  | { readonly how: 'cut' }
  | { readonly how: 'silence' }

const RECORD_LIMIT = 500
const MISHAP_LIMIT = 100

/** What the transports share: one query at a time, the faults, the record, and the dialect. */
export class Device {
  readonly strip: Strip
  readonly site: Site
  faults: StripFaults = { ...NO_FAULTS }
  readonly violations = new BoundedRecord<Violation>(RECORD_LIMIT)
  readonly queries = new BoundedRecord<Query>(RECORD_LIMIT)
  /** When each exchange began, handshakes too, in real milliseconds. */
  readonly contacts = new BoundedRecord<number>(RECORD_LIMIT)
  #mishaps: { left: number; readonly mishap: Mishap }[] = []
  #busy = false

  constructor(strip: Strip, site: Site) {
    this.strip = strip
    this.site = site
  }

  plan(mishap: Mishap): void {
    if (this.#mishaps.length >= MISHAP_LIMIT) throw new RangeError('too many mishaps are planned')
    this.#mishaps.push({ left: mishap.count, mishap })
  }

  clearMishaps(): void {
    this.#mishaps = []
  }

  violate(code: ViolationCode, detail: string): void {
    this.violations.add({ atMs: this.site.world.nowMs, strip: this.strip.name, code, detail })
  }

  /** Takes the device for one exchange; the answer gives it back. Undefined while another exchange goes on. */
  enter(): (() => void) | undefined {
    this.contacts.add(this.site.realMs())
    if (this.#busy) {
      this.violate('concurrent-query', 'a request came while another was in progress')
      return undefined
    }
    this.#busy = true
    let left = false
    return () => {
      if (left) return
      left = true
      this.#busy = false
    }
  }

  async query(text: string, transport: string): Promise<Answer> {
    const request = parse(text)
    if (request === undefined) {
      this.violate('malformed-request', 'a request that is not a JSON object')
      return { how: 'answer', text: '{"err_code":-2,"err_msg":"invalid json"}', twice: false }
    }
    const mishap = this.#take(request)
    if (this.faults.slowMs > 0) await setTimeout(this.faults.slowMs)
    this.site.catchUp()
    this.#record(request, transport)
    if (mishap?.kind === 'lose-command') return { how: mishap.how ?? 'cut' }
    if (mishap?.kind === 'error-answer') return answerWith(errorFor(request, mishap.errCode, mishap.errMsg))
    const reply = JSON.stringify(answerRequest(this.#bench(mishap), request))
    this.site.changed()
    switch (mishap?.kind) {
      case 'lose-answer':
        return { how: mishap.how ?? 'cut' }
      case 'late-command':
        return { how: 'cut' }
      case 'garbage-answer':
        return { how: 'garbage', garbage: mishap.garbage, text: reply }
      default:
        return { how: 'answer', text: reply, twice: mishap?.kind === 'double-answer' }
    }
  }

  #bench(mishap: Mishap | undefined): Bench {
    const { world } = this.site
    const delivery =
      mishap?.kind === 'late-command'
        ? { landsAtMs: world.nowMs + mishap.delayMs }
        : mishap?.kind === 'repeat-command'
          ? { landsAgainAtMs: world.nowMs + mishap.delayMs }
          : { applies: mishap?.kind !== 'ack-without-applying' }
    const violate = (code: ViolationCode, detail: string) => this.violate(code, detail)
    return { world, strip: this.strip, faults: this.faults, delivery, violate }
  }

  #take(request: Record<string, unknown>): Mishap | undefined {
    const kind = kindOf(request)
    const index = this.#mishaps.findIndex(({ mishap }) => mishap.of === 'any' || (mishap.of ?? 'switching') === kind)
    const found = this.#mishaps[index]
    if (found === undefined) return undefined
    found.left -= 1
    if (found.left <= 0) this.#mishaps.splice(index, 1)
    return found.mishap
  }

  #record(request: Record<string, unknown>, transport: string): void {
    const modules = Object.entries(request).filter(([module]) => module !== 'context')
    const methods = modules.flatMap(([module, given]) =>
      Object.keys(isObject(given) ? given : {}).map((method) => `${module}.${method}`),
    )
    const child: Child = childOf({ strip: this.strip, violate: () => {} }, request.context)
    this.queries.add({
      atMs: this.site.world.nowMs,
      realMs: this.site.realMs(),
      transport,
      methods: methods.join(','),
      ...(typeof child === 'object' ? { child: child.index } : {}),
      arguments: Object.fromEntries(modules),
    })
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function kindOf(request: Record<string, unknown>): 'switching' | 'timers' | 'other' {
  if (isObject(request.system) && 'set_relay_state' in request.system) return 'switching'
  if (isObject(request.count_down) && !('get_rules' in request.count_down)) return 'timers'
  return 'other'
}

function errorFor(request: Record<string, unknown>, errCode: number, errMsg: string): unknown {
  const modules = Object.keys(request).filter((module) => module !== 'context')
  return Object.fromEntries(modules.map((module) => [module, { err_code: errCode, err_msg: errMsg }]))
}

function answerWith(value: unknown): Answer {
  return { how: 'answer', text: JSON.stringify(value), twice: false }
}
