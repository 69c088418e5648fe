import type { Hono, MiddlewareHandler } from 'hono'
import { errorAnswer } from './answers.ts'
import { type AppParts, readApp } from './read-app.ts'

/** The read-only side, for the network. */
export function tcpApp(parts: AppParts): Hono {
  return readApp(parts, onlyReading)
}

const onlyReading: MiddlewareHandler = async (context, next) => {
  if (context.req.method === 'GET' || context.req.method === 'HEAD') return next()
  context.header('allow', 'GET, HEAD')
  return errorAnswer(
    context,
    'method-not-allowed',
    'Only GET and HEAD are taken here; calls that change something are taken on the Unix socket.',
  )
}
