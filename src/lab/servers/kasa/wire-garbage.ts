import type { Garbage } from './faults.ts'

/** Well encrypted nonsense. */
export function wireGarbage(garbage: Extract<Garbage, 'not-json' | 'not-an-object'>): string {
  return garbage === 'not-json' ? '{"system":{"get_sysinfo":' : '"ok"'
}

export function badSignature(body: Buffer): Buffer {
  const spoilt = Buffer.from(body)
  spoilt[0] = (spoilt[0] ?? 0) ^ 0xff
  return spoilt
}
