import type { GuestConfig, GuestRow } from '../../core/cluster/types.ts'
import { type At, elapsedMs } from '../../core/time.ts'
import type { CallFailure } from '../api/endpoint.ts'
import { readAgentAddresses, readContainerAddresses, readGuestConfig } from '../reading/guest-config.ts'
import { type Asking, notUnderstood, type SectionOutcome, type SectionReader } from './section.ts'

const HOUR_MS = 3_600_000
/** Of all guests a twentieth is asked at a time, and never fewer than so many: after five minutes all are known. */
const PART = 20
const AT_LEAST = 10
/** These tell something of one guest; others are told of the whole section. */
const OF_ONE_GUEST = new Set(['not-found', 'server-error', 'rejected', 'malformed-answer', 'not-supported'])

type Known = {
  readonly config: GuestConfig | undefined
  readonly key: string
  readonly at: At
  readonly keepMs: number
}

/**
 * The settings of the guests that are on the node, read when one is new, when its row changed, and at most hourly: a
 * few at a time, so that the cost is steady however many there are.
 */
export class GuestsSection implements SectionReader<'guests'> {
  readonly section = 'guests'
  readonly #random: () => number
  readonly #known = new Map<string, Known>()
  /** The agent may not be asked; tried again after an hour. */
  #agentForbiddenAt: At | undefined

  constructor(random: () => number) {
    this.#random = random
  }

  async read(asking: Asking): Promise<SectionOutcome<Readonly<Record<string, GuestConfig>>>> {
    const { resources, node } = asking
    if (resources === undefined) return { ok: true, at: asking.now(), unchanged: true }
    const here = resources.guests.filter((guest) => guest.node === node)
    const ids = new Set(here.map(({ id }) => id))
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id)
    for (const guest of this.#due(here, asking.now())) {
      const failure = await this.#look(guest, asking)
      if (failure !== undefined) return failure
    }
    return { ok: true, at: asking.now(), value: this.#value() }
  }

  #due(guests: readonly GuestRow[], now: At): readonly GuestRow[] {
    const waiting = guests.flatMap((guest) => {
      const known = this.#known.get(guest.id)
      if (known === undefined) return [{ guest, urgency: Number.POSITIVE_INFINITY }]
      const late = elapsedMs(known.at, now) - known.keepMs
      if (known.key !== keyOf(guest)) return [{ guest, urgency: HOUR_MS + late }]
      return late >= 0 ? [{ guest, urgency: late }] : []
    })
    // One that changed goes before those whose hour is over.
    waiting.sort((a, b) => (a.urgency === b.urgency ? 0 : b.urgency - a.urgency))
    return waiting.slice(0, Math.max(AT_LEAST, Math.ceil(guests.length / PART))).map(({ guest }) => guest)
  }

  async #look(guest: GuestRow, asking: Asking): Promise<CallFailure | undefined> {
    const path = `/nodes/{node}/${guest.type}/{vmid}/config`
    const params = { node: asking.node, vmid: guest.vmid }
    const answer = await asking.ask({ method: 'GET', path, params })
    if (!answer.ok && !OF_ONE_GUEST.has(answer.code)) return answer
    const config = answer.ok ? readGuestConfig(answer.value.data) : undefined
    if (answer.ok && config === undefined) return notUnderstood(answer.value.at, path)
    const told = config === undefined ? [] : await this.#toldAddresses(guest, config, asking)
    this.#known.set(guest.id, {
      config: config && { ...config, addresses: [...new Set([...config.addresses, ...told])] },
      key: keyOf(guest),
      at: asking.now(),
      // So that those that were read together are not all due together.
      keepMs: HOUR_MS * (0.75 + this.#random() / 4),
    })
    return undefined
  }

  /** Addresses that no setting holds. That they cannot be had is no error: agents are often not there. */
  async #toldAddresses(guest: GuestRow, config: GuestConfig, asking: Asking): Promise<readonly string[]> {
    if (guest.status !== 'running') return []
    const params = { node: asking.node, vmid: guest.vmid }
    if (guest.type === 'lxc') {
      const answer = await asking.ask({ method: 'GET', path: '/nodes/{node}/lxc/{vmid}/interfaces', params })
      return answer.ok ? readContainerAddresses(answer.value.data) : []
    }
    const forbidden = this.#agentForbiddenAt
    if (!config.agent || (forbidden !== undefined && elapsedMs(forbidden, asking.now()) < HOUR_MS)) return []
    const path = '/nodes/{node}/qemu/{vmid}/agent/network-get-interfaces'
    const answer = await asking.ask({ method: 'GET', path, params })
    this.#agentForbiddenAt = !answer.ok && answer.code === 'forbidden' ? asking.now() : undefined
    return answer.ok ? readAgentAddresses(answer.value.data) : []
  }

  #value(): Readonly<Record<string, GuestConfig>> {
    const known = [...this.#known].flatMap(([id, { config }]) => (config === undefined ? [] : [[id, config] as const]))
    return Object.fromEntries(known)
  }
}

/** What of a guest's row changes when its settings may have. */
function keyOf({ status, name, tags, lock, template, cpus, memoryMaxBytes, haState }: GuestRow): string {
  return JSON.stringify([status, name, tags, lock, template, cpus, memoryMaxBytes, haState])
}
