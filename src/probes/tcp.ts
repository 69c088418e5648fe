import { z } from 'zod'
import { duration, port } from '../config/values.ts'
import type { ProbeKind } from './kind.ts'
import { exchange, quote, type Reading } from './socket-exchange.ts'
import { socketProbe } from './socket-probe.ts'

const schema = z
  .strictObject({
    port: port().describe('The TCP port.'),
    banner: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .describe('What the service says first, from its first byte on, such as `SSH-2.0-`. Proves the userland.'),
    bannerPattern: z
      .string()
      .min(1)
      .max(256)
      .refine(isPattern, 'this is no valid regular expression')
      .optional()
      .describe('Instead of `banner`: a regular expression found anywhere in the first 4096 bytes.'),
    timeout: duration(100)
      .prefault('5s')
      .describe('How long an answer may take. Accepted without the banner within it: the kernel lives, no more.'),
  })
  .refine(({ banner, bannerPattern }) => banner === undefined || bannerPattern === undefined, {
    error: 'give banner or bannerPattern, not both',
    path: ['bannerPattern'],
  })

export type TcpSettings = z.output<typeof schema>

/**
 * A TCP connection. Accepted, it proves the kernel; with a banner that is the expected one, the userland: the kernel
 * of a host whose userland hangs still accepts.
 */
export const tcp: ProbeKind<TcpSettings> = {
  kind: 'tcp',
  proves: 'userland',
  schema,
  provesWith: (settings) => (bannerOf(settings) ? 'userland' : 'kernel'),
  maxMs: ({ timeout }) => timeout,
  create: (deps) =>
    socketProbe<TcpSettings>('tcp', deps, ({ settings }, address, timeoutMs, signal) => {
      const read = bannerOf(settings)
      return exchange({ address, port: settings.port, timeoutMs, signal, ...(read ? { read } : {}) })
    }),
}

type Read = (bytes: Buffer) => Reading | undefined

function bannerOf({ banner, bannerPattern }: TcpSettings): Read | undefined {
  if (banner !== undefined) return readPrefix(Buffer.from(banner))
  if (bannerPattern !== undefined) return readPattern(new RegExp(bannerPattern))
  return undefined
}

function readPrefix(banner: Buffer): Read {
  return (bytes) => {
    const both = Math.min(banner.length, bytes.length)
    if (bytes.compare(banner, 0, both, 0, both) !== 0) return { ok: false, detail: `unexpected banner ${quote(bytes)}` }
    return bytes.length >= banner.length ? { ok: true, detail: `banner ${quote(firstLine(bytes))}` } : undefined
  }
}

/** Bytes that do not match may be the first lines of a longer greeting: the rest is waited for. */
function readPattern(pattern: RegExp): Read {
  return (bytes) =>
    pattern.test(bytes.toString('latin1')) ? { ok: true, detail: `banner ${quote(firstLine(bytes))}` } : undefined
}

function firstLine(bytes: Buffer): Buffer {
  const end = bytes.findIndex((byte) => byte === 0x0a || byte === 0x0d)
  return end === -1 ? bytes : bytes.subarray(0, end)
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}
