import type { Cluster, ClusterNode, ProxmoxVersion, World } from '../../world/index.ts'
import type { Caller } from './access.ts'
import type { PveFaults } from './faults.ts'
import type { PveDelays } from './options.ts'
import type { Parameters } from './parameters.ts'
import type { Wall } from './wall.ts'

/** One call as the node that answers it sees it. */
export type Call = {
  readonly world: World
  readonly cluster: Cluster
  /** The node that answers: the one asked, or the one it passed the call on to. */
  readonly node: ClusterNode
  readonly wall: Wall
  readonly version: ProxmoxVersion
  readonly parameters: Parameters
  readonly caller: Caller
  readonly delays: PveDelays
  readonly faults: PveFaults
}

/** Answers what goes into `data`; throws a `Refusal`. */
export type Answer = (call: Call) => unknown

/** Something that stands beside `data` in the answer. */
export class Beside {
  readonly data: unknown
  readonly fields: Readonly<Record<string, unknown>>

  constructor(data: unknown, fields: Readonly<Record<string, unknown>>) {
    this.data = data
    this.fields = fields
  }
}

/** Something that is done once the answer is out: a node that goes down says so first. */
export class Afterwards {
  readonly data: unknown
  readonly run: () => void

  constructor(data: unknown, run: () => void) {
    this.data = data
    this.run = run
  }
}

/** Before 9 the API is poorer. */
export function isNine(call: Call): boolean {
  return call.version === '9.2'
}
