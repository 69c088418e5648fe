import type { Alerting, HookGate } from '../../ports/alerting.ts'
import type { HookReply } from './reply.ts'

/** What is known of a call before its body is read. */
export type HookCall = {
  /** The last part of the path, decoded: the name of a heartbeat. */
  readonly name: string
  readonly authorization: string | undefined
  /** The value of `?token=`. */
  readonly token: string | undefined
}

export type HookTaking = {
  readonly alerting: Alerting
  readonly nowMs: number
  readonly call: HookCall
  readonly bytes: Buffer
}

/** One way to hand something in. */
export type Hook = {
  /** Its label in the metrics. */
  readonly label: string
  readonly methods: readonly string[]
  /** Where the gate leaves it closed: what has to be configured. */
  readonly closed: string
  /** The largest body; the gate's own limit where missing. */
  readonly maxBodyBytes?: number
  /** Whether the caller may; undefined where the gate leaves the hook closed. */
  admits(gate: HookGate, call: HookCall): boolean | undefined
  take(taking: HookTaking): HookReply | Promise<HookReply>
}
