import type { Context } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import type { z } from 'zod'
import type { streamQuery } from '../api/events.ts'
import type { Told } from '../core/state/types.ts'
import type { Daemon } from '../ports/daemon.ts'
import { errorAnswer } from './answers.ts'
import { EventTail } from './event-tail.ts'
import { eventOf } from './views/events.ts'

type Query = z.output<typeof streamQuery>

/** Between two signs of life on a silent stream, so that either side notices when the other is gone. */
const HEARTBEAT_MS = 15_000
const MAX_STREAMS = 64

/** The open streams of one server. */
export class EventStreams {
  readonly #daemon: Daemon
  readonly #open = new Set<AbortController>()

  constructor(daemon: Daemon) {
    this.#daemon = daemon
  }

  open(context: Context, query: Query): Response {
    if (this.#open.size >= MAX_STREAMS) {
      return errorAnswer(context, 'too-many-streams', `${MAX_STREAMS} event streams are open already.`)
    }
    const stop = new AbortController()
    this.#open.add(stop)
    return streamSSE(context, async (stream) => {
      stream.onAbort(() => stop.abort())
      try {
        await this.#pump(stream, query, stop.signal)
      } finally {
        this.#open.delete(stop)
      }
    })
  }

  async #pump(stream: SSEStreamingApi, query: Query, signal: AbortSignal): Promise<void> {
    const tail = new EventTail(this.#daemon, query.after)
    signal.addEventListener('abort', () => tail.close(), { once: true })
    if (signal.aborted) tail.close()
    const heartbeat = setInterval(() => void stream.write(': alive\n\n'), HEARTBEAT_MS)
    try {
      // Sent at once, so that the client knows from where on it misses nothing.
      await stream.write(': following\n\n')
      for await (const told of tail) {
        if (!matches(told, query)) continue
        const event = eventOf(told)
        await stream.writeSSE({ data: JSON.stringify(event), ...(event.id === undefined ? {} : { id: `${event.id}` }) })
      }
    } finally {
      clearInterval(heartbeat)
      tail.close()
    }
  }

  close(): void {
    for (const stop of this.#open) stop.abort()
  }
}

function matches(told: Told, query: Query): boolean {
  return (
    (query.host === undefined || told.host === query.host) &&
    (query.code === undefined || told.code === query.code) &&
    (query.intent === undefined || told.intent === query.intent)
  )
}
