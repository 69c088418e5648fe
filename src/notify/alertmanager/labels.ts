import type { Labels } from '../../core/alerts/types.ts'

/**
 * Labels or annotations that every Alertmanager takes: names of letters, digits and underscores, as it was the rule until
 * 0.28 and is still the default of many; no empty values, which it would drop. What is in order already is passed exactly
 * as it is, so that an alert comes back with the fingerprint that it left with.
 */
export function acceptable(labels: Labels): Record<string, string> {
  const taken = new Map<string, string>()
  const valid = Object.entries(labels).filter(([, value]) => value !== '')
  for (const [name, value] of valid) if (isName(name)) taken.set(name, value)
  for (const [name, value] of valid) if (!isName(name)) taken.set(freeName(nameOf(name), taken), value)
  return Object.fromEntries(taken)
}

function isName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
}

function nameOf(text: string): string {
  const name = text.replace(/[^A-Za-z0-9_]/g, '_')
  return isName(name) ? name : `_${name}`
}

/** Two names may become one: neither of their values may be lost. */
function freeName(name: string, taken: ReadonlyMap<string, string>): string {
  let free = name
  for (let count = 2; taken.has(free); count += 1) free = `${name}_${count}`
  return free
}
