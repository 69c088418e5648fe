import { isIP } from 'node:net'
import { SecretMissing } from '../../config/secret.ts'

const FIELDS = new Set(['host', 'server', 'address', 'url', 'urls', 'endpoint', 'ip'])
const MOST_DEPTH = 4

/**
 * The hosts that settings of a driver or a channel name: in fields that are called so, whatever else they hold. Of a
 * secret address only its host is taken.
 */
export function hostsIn(settings: unknown): readonly string[] {
  return [...new Set(typeof settings === 'string' ? hostOf(settings) : walk(settings, 0))]
}

function walk(value: unknown, depth: number): string[] {
  if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return []
  return Object.entries(value).flatMap(([key, each]) => {
    const texts = Array.isArray(each) ? each : [each]
    const own = FIELDS.has(key) ? texts.flatMap((text) => hostOf(revealed(text))) : []
    return [...own, ...texts.flatMap((text) => walk(text, depth + 1))]
  })
}

function revealed(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null || !('reveal' in value) || typeof value.reveal !== 'function')
    return ''
  try {
    return String(value.reveal())
  } catch (error) {
    if (!(error instanceof SecretMissing)) throw error
    return ''
  }
}

/** `https://10.0.0.1:8006/x`, `10.0.0.1:9999`, `strip.lan`. */
function hostOf(text: string): string[] {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? URL.parse(text) : URL.parse(`any://${bracketed(text)}`)
  const host = url?.hostname.replace(/^\[|\]$/g, '') ?? ''
  return /^[A-Za-z0-9][A-Za-z0-9.:_-]*$/.test(host) ? [host] : []
}

function bracketed(text: string): string {
  return isIP(text) === 6 ? `[${text}]` : text
}
