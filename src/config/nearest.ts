const LONGEST_WORD = 64

/** Letters only count: `failure_threshold`, `Failure-Threshold` and `failureThreshold` are the same word. */
function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[-_\s]/g, '')
}

/** The number of letters to insert, drop or replace to get from `a` to `b`; neighbours swapped count once. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let best = Math.min(replaced, (last[j] as number) + 1, (row[j - 1] as number) + 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) best = Math.min(best, (beforeLast[j - 2] as number) + 1)
      row.push(best)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] as number
}

/** The candidate that was most likely meant by `word`; undefined where none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(word)
  if (wanted === '' || wanted.length > LONGEST_WORD) return undefined
  let best: { readonly candidate: string; readonly distance: number } | undefined
  for (const candidate of candidates) {
    const offered = plain(candidate)
    if (offered.length > LONGEST_WORD) continue
    const begins = wanted.length >= 3 && (offered.startsWith(wanted) || wanted.startsWith(offered))
    const distance = editDistance(wanted, offered)
    const near = distance <= Math.max(1, Math.floor(Math.max(wanted.length, offered.length) / 3))
    // A one-letter name is one edit away from every other: that is no likeness.
    const alike = distance < Math.max(wanted.length, offered.length)
    if ((!near && !begins) || !alike) continue
    const weight = begins ? Math.min(distance, 1) : distance
    if (best === undefined || weight < best.distance) best = { candidate, distance: weight }
  }
  return best?.candidate
}
