import type { IncomingMessage } from 'node:http'

/** `gone`: the caller went away, or was too slow for the server's own time limit. */
export type Body =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'gone' }

/** So much of a body that is too large is still read, and thrown away: a caller that writes on hears no answer. */
const MOST_DISCARDED_BYTES = 32 * 1024 * 1024

/** Reads the body of a request, and keeps never more than `maxBytes` of it. */
export function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Body> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = []
    let bytes = 0
    let tooLarge = Number(incoming.headers['content-length'] ?? 0) > maxBytes
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxBytes) tooLarge = true
      if (!tooLarge) chunks.push(chunk)
      else {
        chunks = []
        if (bytes > MOST_DISCARDED_BYTES) resolve({ kind: 'too-large' })
      }
    })
    incoming.on('end', () => {
      if (tooLarge) resolve({ kind: 'too-large' })
      else resolve({ kind: 'whole', bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks) })
    })
    incoming.on('error', () => resolve({ kind: 'gone' }))
    incoming.on('close', () => resolve({ kind: 'gone' }))
  })
}
