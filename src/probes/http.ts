import { z } from 'zod'
import { duration, port } from '../config/values.ts'
import { httpRequest, path, readStatusLine } from './http-answer.ts'
import type { ProbeKind } from './kind.ts'
import { exchange } from './socket-exchange.ts'
import { socketProbe } from './socket-probe.ts'

const schema = z.strictObject({
  port: port().default(80).describe('The TCP port.'),
  path: path(),
  timeout: duration(100)
    .prefault('5s')
    .describe(
      'How long an answer may take. Accepted but unanswered within it: the kernel lives, the service does not.',
    ),
})

export type HttpSettings = z.output<typeof schema>

/** Plain HTTP: an answer with any status is life of the userland. */
export const http: ProbeKind<HttpSettings> = {
  kind: 'http',
  proves: 'userland',
  schema,
  provesWith: () => 'userland',
  maxMs: ({ timeout }) => timeout,
  create: (deps) =>
    socketProbe<HttpSettings>('http', deps, ({ address: name, settings }, address, timeoutMs, signal) =>
      exchange({
        address,
        port: settings.port,
        timeoutMs,
        signal,
        request: httpRequest(name, settings.port, settings.path),
        read: readStatusLine,
      }),
    ),
}
