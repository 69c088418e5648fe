import { parseMatcher } from '../core/alerts/routing/matchers.ts'

/** What is wrong with a matcher such as `host=~"pve.*"`, in words; undefined where nothing is. */
export function matcherTrouble(text: string): string | undefined {
  const parsed = parseMatcher(text)
  return parsed.ok ? undefined : parsed.sentence
}
