import type { Due, World } from './types.ts'

/** Far above what any lab queues; reaching it means that something queues without end. */
const QUEUE_LIMIT = 10_000

/** Queues what happens at `atMs`, never earlier than now; equal times keep their order. */
export function enqueue(world: World, atMs: number, due: Due): void {
  if (world.queue.length >= QUEUE_LIMIT) throw new RangeError('the lab has too much queued')
  const at = Math.max(atMs, world.nowMs)
  let index = world.queue.length
  while (index > 0 && (world.queue[index - 1]?.atMs ?? 0) > at) index -= 1
  world.queue.splice(index, 0, { atMs: at, due })
}

/** When the next thing happens by itself, in virtual milliseconds; undefined where nothing is due. */
export function nextDueMs(world: World): number | undefined {
  return world.queue[0]?.atMs
}
