import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serveHooks } from '../src/http/hooks/serve-hooks.ts'
import type { Alerting } from '../src/ports/alerting.ts'
import type { Daemon } from '../src/ports/daemon.ts'

/** The hooks as they are, in front of nothing: what is acknowledged a turn later was written nowhere. */
const alerting = {
  accept: () => new Promise((resolve) => setImmediate(() => resolve({ ok: true }))),
  countHook: () => {},
} as unknown as Alerting
const gate = { maxBodyBytes: 4 * 1024 * 1024, check: () => true }
const handle = serveHooks({ daemon: { alerting } as unknown as Daemon, gate: () => gate })

const server = createServer((incoming, outgoing) => {
  if (!handle(incoming, outgoing)) outgoing.writeHead(404).end()
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.stdin.resume().on('end', () => process.exit(0))
