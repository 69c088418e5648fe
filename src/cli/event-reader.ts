import { type ClientRequest, request } from 'node:http'
import { type Event, event } from '../api/events.ts'
import { ROUTES } from '../api/routes.ts'
import { addressOf, type CallOptions, type Failure } from './client.ts'
import { notReached } from './not-reached.ts'

/** A server that says nothing, not even its sign of life, for this long is gone. */
const SILENT_MS = 45_000

export type StreamEnd = Failure | { readonly ok: true }

/**
 * Reads the event stream until it ends or `signal` aborts. `opened` is called when the server has accepted: from then on
 * nothing is missed.
 */
export function readEvents(
  socketPath: string,
  query: CallOptions['query'],
  handlers: { readonly opened?: () => void; readonly event: (event: Event) => void },
  signal: AbortSignal,
): Promise<StreamEnd> {
  return new Promise((resolve) => {
    const outgoing = request({ socketPath, path: addressOf(ROUTES.stream.path, { query }), timeout: SILENT_MS, signal })
    outgoing.on('timeout', () => outgoing.destroy(Object.assign(new Error('silent'), { code: 'ETIMEDOUT' })))
    outgoing.on('error', (error) => resolve(signal.aborted ? { ok: true } : notReached(socketPath, error)))
    outgoing.on('close', () => resolve({ ok: true }))
    receive(outgoing, handlers, resolve)
    outgoing.end()
  })
}

function receive(
  outgoing: ClientRequest,
  handlers: { readonly opened?: () => void; readonly event: (event: Event) => void },
  resolve: (end: StreamEnd) => void,
): void {
  outgoing.on('response', (incoming) => {
    if (incoming.statusCode !== 200) {
      resolve({
        ok: false,
        exit: 'protocol',
        sentence: `The watchdog refuses the event stream (${incoming.statusCode}).`,
      })
      outgoing.destroy()
      return
    }
    let text = ''
    let opened = false
    incoming.setEncoding('utf8')
    incoming.on('error', () => resolve({ ok: true }))
    incoming.on('data', (chunk: string) => {
      if (!opened) handlers.opened?.()
      opened = true
      text += chunk
      const frames = text.split('\n\n')
      text = frames.pop() ?? ''
      for (const frame of frames) {
        const told = eventIn(frame)
        if (told !== undefined) handlers.event(told)
      }
    })
  })
}

function eventIn(frame: string): Event | undefined {
  const data = frame.split('\n').find((line) => line.startsWith('data: '))
  if (data === undefined) return undefined
  try {
    return event.safeParse(JSON.parse(data.slice('data: '.length))).data
  } catch {
    return undefined
  }
}
