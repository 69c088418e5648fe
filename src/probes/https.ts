import { isIP } from 'node:net'
import { z } from 'zod'
import { duration, port } from '../config/values.ts'
import { loadPin, type Pin, type Pinning, type PinOutcome, pinning } from '../tls/pinning.ts'
import { httpRequest, path, readStatusLine } from './http-answer.ts'
import type { ProbeKind } from './kind.ts'
import { exchange } from './socket-exchange.ts'
import { socketProbe } from './socket-probe.ts'

const schema = z.strictObject({
  port: port().default(8006).describe("The TCP port. Proxmox VE's own is 8006."),
  path: path(),
  timeout: duration(100)
    .prefault('5s')
    .describe(
      'How long an answer may take. Accepted but unanswered within it: the kernel lives, the service does not.',
    ),
  tls: pinning().default({ verify: false }),
})

export type HttpsSettings = z.output<typeof schema>

/**
 * HTTPS by a bare TLS connection, without an agent: an answer with any status is life of the userland. A certificate
 * other than the pinned one is life of the kernel only (see `exchange`). A CA file is read once and again only where
 * that failed; a changed file takes effect with a reload.
 */
export const https: ProbeKind<HttpsSettings> = {
  kind: 'https',
  proves: 'userland',
  schema,
  provesWith: () => 'userland',
  maxMs: ({ timeout }) => timeout,
  create: (deps) => {
    const pins = new Map<string, Pin>()
    return socketProbe<HttpsSettings>(
      'https',
      deps,
      async ({ address: name, settings }, address, timeoutMs, signal) => {
        const pin = cachedPin(pins, settings.tls)
        if (!pin.ok) return { says: 'probe-broken', proves: 'none', durationMs: 0, detail: pin.sentence }
        return exchange({
          address,
          port: settings.port,
          timeoutMs,
          signal,
          tls: { pin: pin.pin, ...(isIP(name) === 0 ? { servername: name } : {}) },
          request: httpRequest(name, settings.port, settings.path),
          read: readStatusLine,
        })
      },
    )
  },
}

function cachedPin(pins: Map<string, Pin>, settings: Pinning): PinOutcome {
  const key = JSON.stringify(settings)
  const known = pins.get(key)
  if (known) return { ok: true, pin: known }
  const loaded = loadPin(settings)
  if (loaded.ok) pins.set(key, loaded.pin)
  return loaded
}
