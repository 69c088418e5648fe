import type {
  ApiVersion,
  Backups,
  Ceph,
  Certificate,
  ClusterStatus,
  GuestConfig,
  HaStatus,
  NodeStatus,
  NodeVotes,
  QDevice,
  Replication,
  Resources,
  Section,
  ServiceState,
  StorageStatus,
  Task,
  Updates,
} from '../../core/cluster/types.ts'
import type { At } from '../../core/time.ts'
import type { ApiAnswer, CallFailure, CallOutcome } from '../api/endpoint.ts'
import type { ApiRequest } from '../api/request.ts'

export type SectionValues = {
  readonly version: ApiVersion
  readonly status: ClusterStatus
  readonly votes: readonly NodeVotes[]
  readonly qdevice: QDevice
  readonly ha: HaStatus
  readonly resources: Resources
  readonly tasks: readonly Task[]
  readonly backups: Backups
  readonly replication: readonly Replication[]
  readonly node: NodeStatus
  readonly storage: readonly StorageStatus[]
  readonly services: readonly ServiceState[]
  readonly updates: Updates
  readonly certificates: readonly Certificate[]
  readonly guests: Readonly<Record<string, GuestConfig>>
  readonly ceph: Ceph
}

/** What a section may use to read itself. */
export type Asking = {
  /** The node that is asked; empty before its first answer. */
  readonly node: string
  readonly ask: (request: ApiRequest) => Promise<CallOutcome<ApiAnswer>>
  readonly now: () => At
  /** What the same node told before. */
  readonly resources?: Resources
}

/** `unchanged`: nothing had to be asked, and what was read before holds. */
export type SectionOutcome<T> =
  | { readonly ok: true; readonly at: At; readonly value: T; readonly beside?: CallFailure }
  | { readonly ok: true; readonly at: At; readonly unchanged: true }
  | CallFailure

/** One part of the view: how it is asked and read. One object for each endpoint, so it may remember. */
export interface SectionReader<S extends Section = Section> {
  readonly section: S
  read(asking: Asking): Promise<SectionOutcome<SectionValues[S]>>
}

/** What one call tells, read by `read`. */
export function oneCall<S extends Section>(
  section: S,
  path: string,
  read: (data: unknown) => SectionValues[S] | undefined,
): SectionReader<S> {
  return {
    section,
    read: async ({ node, ask }) => {
      const answer = await ask({ method: 'GET', path, params: path.includes('{node}') ? { node } : {} })
      return answer.ok ? readValue(answer.value, path, read(answer.value.data)) : answer
    },
  }
}

export function readValue<T>(answer: ApiAnswer, path: string, value: T | undefined): SectionOutcome<T> {
  return value === undefined ? notUnderstood(answer.at, path) : { ok: true, at: answer.at, value }
}

export function notUnderstood(at: At, path: string): CallFailure {
  const sentence = `The answer to GET ${path} is not of the form that is known from Proxmox VE 7.4 to 9.2.`
  return { ok: false, code: 'malformed-answer', sentence, at, mayHaveArrived: true }
}
