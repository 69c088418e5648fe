import type { ReceiverPolicy } from '../policy.ts'
import type { AlertSeverity, Delivery, Notification } from '../types.ts'

/** A channel that is to be given a message, and the step of the chain that it stands in. */
export type Post = { readonly channel: string; readonly step: number }

/**
 * The channels of the steps from `from` to `to`, each once, by its earliest step. Channels that are not configured are
 * left out.
 */
export function postsOf(
  receiver: ReceiverPolicy,
  from: number,
  to: number,
  isThere: (channel: string) => boolean,
): readonly Post[] {
  const posts: Post[] = []
  for (let step = from; step <= to; step += 1) {
    for (const channel of receiver.chain[step] ?? []) {
      if (isThere(channel) && !posts.some((post) => post.channel === channel)) posts.push({ channel, step })
    }
  }
  return posts
}

/**
 * The last step that is begun with: the first one; all where that is wanted for what is critical, and for every emergency;
 * and for an end as many as were told of the begin.
 */
export function firstLast(receiver: ReceiverPolicy, severity: AlertSeverity, reachedStep: number): number {
  const last = receiver.chain.length - 1
  if (severity === 'emergency') return last
  if (severity === 'critical' && receiver.criticalAllAtOnce) return last
  return Math.min(last, Math.max(0, reachedStep))
}

/** The next step with a channel that is there; undefined where there is none. */
export function stepAfter(
  receiver: ReceiverPolicy | undefined,
  step: number,
  isThere: (channel: string) => boolean,
): number | undefined {
  if (receiver === undefined) return undefined
  for (let next = step + 1; next < receiver.chain.length; next += 1) {
    if (receiver.chain[next]?.some(isThere)) return next
  }
  return undefined
}

export type ChainView = {
  readonly notification: Notification
  /** All that were made for it. */
  readonly deliveries: readonly Delivery[]
  /** The step after the one that has the word, where there is one. */
  readonly nextStep: number | undefined
  /** Whether a channel only hands on to Alertmanager: its word is nobody's. */
  readonly loops: (channel: string) => boolean
  /** A channel of the chain has it by another receiver's notification. */
  readonly elsewhere: boolean
  /** Something that it tells still fires, nobody acknowledged it, and the chain ends with a person's word only. */
  readonly waitsForPerson: boolean
  /** People have acknowledged all that it tells. */
  readonly acknowledged: boolean
  readonly nowMs: number
}

export type ChainMove = 'wait' | 'confirmed' | 'next-step' | 'exhausted'

/** What becomes of a notification that is open. */
export function moveOf(view: ChainView): ChainMove {
  const { notification, deliveries, nextStep, loops, nowMs } = view
  const arrived = view.elsewhere || deliveries.some((delivery) => hasArrived(delivery) && !loops(delivery.channel))
  if (view.acknowledged || (arrived && !view.waitsForPerson)) return 'confirmed'
  if (nextStep === undefined) return arrived || deliveries.some(isOnItsWay) ? 'wait' : 'exhausted'
  if (notification.nextStepMs !== undefined && notification.nextStepMs <= nowMs) return 'next-step'
  const current = deliveries.filter(({ step }) => step === notification.step)
  const lost = current.every(({ state, channel }) => state === 'dead' || (loops(channel) && state === 'delivered'))
  return lost && current.some(({ state }) => state === 'dead') ? 'next-step' : 'wait'
}

/** `dropped`: the other relay told it, or nobody needs to be told any more. */
export function hasArrived({ state }: Delivery): boolean {
  return state === 'delivered' || state === 'merged' || state === 'dropped'
}

export function isOnItsWay({ state }: Delivery): boolean {
  return state === 'queued' || state === 'sending'
}
