import { isMap, listOf, type Path } from '../path.ts'
import { SECRET_EXPECTED } from '../values.ts'
import type { Finding } from './finding.ts'

const SECRET_OPTION = /(?:password|passwd|passphrase|secret|token|community|credentials?|_kg)$/i

/**
 * Passwords written as plain text where a driver passes free options on (those of a fence agent, headers), which its own
 * schema cannot tell from other text. The value is not repeated.
 */
export function inlineSecrets(data: unknown): Finding[] {
  if (!isMap(data)) return []
  return ['powerDevices', 'channels', 'heartbeats'].flatMap((section) =>
    listOf(data[section]).flatMap((entry, index) => (isMap(entry) ? within(entry, [section, index]) : [])),
  )
}

function within(map: Record<string, unknown>, path: Path): Finding[] {
  return Object.entries(map).flatMap(([key, value]) => {
    if (isMap(value)) return within(value, [...path, key])
    const plain = typeof value === 'string' || typeof value === 'number'
    return plain && SECRET_OPTION.test(key) ? [{ path: [...path, key], message: SECRET_EXPECTED }] : []
  })
}
