import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

export type BodyLimit = {
  /** Of the text, after unpacking. */
  readonly maxBytes: number
  /** More than that: a failure, or only the end is kept and the rest counted (up to `READS_TIMES` as much). */
  readonly beyond: 'fail' | 'keep-end'
}

export type Body =
  | {
      readonly ok: true
      readonly text: string
      /** As they came over the wire. */
      readonly wireBytes: number
      /** Left out before `text`. */
      readonly droppedBytes: number
    }
  | { readonly ok: false; readonly code: 'too-large' | 'malformed-answer'; readonly sentence: string }

/** So many times the limit is read of an answer whose end is wanted. */
const READS_TIMES = 16

/** Reads a body to its end, unpacked, within a limit. The sentence goes on from `it`. */
export function readBody(incoming: IncomingMessage, limit: BodyLimit): Promise<Body> {
  return new Promise((resolve) => {
    const kept: Buffer[] = []
    let wireBytes = 0
    let bytes = 0
    let droppedBytes = 0
    const stream = unpacked(incoming)
    const finish = (body: Body) => {
      if (!body.ok) incoming.destroy()
      resolve(body)
    }
    const cut = () =>
      finish({ ok: false, code: 'malformed-answer', sentence: `was cut off in its answer after ${wireBytes} bytes` })
    incoming.on('data', (chunk: Buffer) => {
      wireBytes += chunk.length
    })
    incoming.on('aborted', cut)
    incoming.on('error', cut)
    stream.on('error', cut)
    stream.on('data', (chunk: Buffer) => {
      kept.push(chunk)
      bytes += chunk.length
      if (limit.beyond === 'keep-end') {
        while (bytes - (kept[0]?.length ?? bytes) >= limit.maxBytes) {
          const first = kept.shift() as Buffer
          bytes -= first.length
          droppedBytes += first.length
        }
      }
      const most = limit.beyond === 'fail' ? limit.maxBytes : limit.maxBytes * READS_TIMES
      if (bytes + droppedBytes > most) {
        finish({ ok: false, code: 'too-large', sentence: `answers with more than ${most} bytes` })
      }
    })
    stream.on('end', () => {
      finish({ ok: true, text: Buffer.concat(kept).toString('utf8'), wireBytes, droppedBytes })
    })
  })
}

function unpacked(incoming: IncomingMessage): Readable {
  return /^(?:x-)?gzip$/i.test(incoming.headers['content-encoding'] ?? '') ? incoming.pipe(createGunzip()) : incoming
}
