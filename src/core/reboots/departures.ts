import { parseLine } from './journal-line.ts'

/** Members of the cluster by their numbers, as one node's corosync tells of them. */
export type Departures = {
  /** They said goodbye, as in a stop in good order, and were not back by the next look. */
  readonly left: readonly number[]
  readonly joined: readonly number[]
  /** Left, and it is not told yet whether with a goodbye: to be handed in with the next lines. */
  readonly pending: readonly number[]
}

/** `A new membership (3.11) was formed. Members joined: 2 left: 1`. */
const FORMED =
  /^\s*\[TOTEM \] A new membership \([^)]*\) was formed\. Members(?: joined:((?: \d+)+))?(?: left:((?: \d+)+))?/
/** Of those that are gone without a goodbye: dead, or cut off. */
const FAILED = /^\s*\[TOTEM \] Failed to receive the leave message\. failed:((?: \d+)+)/

/** Reads what corosync said since the last look. A node that stops in good order says goodbye; one that dies does not. */
export function departuresIn(lines: readonly string[], before: readonly number[]): Departures {
  const gone = new Set<number>()
  const joined = new Set<number>()
  const waiting = new Set(before)
  for (const text of lines) {
    const line = parseLine(text)
    if (line?.identifier !== 'corosync') continue
    const formed = FORMED.exec(line.message)
    if (formed !== null) {
      for (const id of numbers(formed[1])) {
        joined.add(id)
        gone.delete(id)
        waiting.delete(id)
      }
      for (const id of numbers(formed[2])) {
        gone.add(id)
        joined.delete(id)
      }
    }
    for (const id of numbers(FAILED.exec(line.message)?.[1])) {
      gone.delete(id)
      waiting.delete(id)
    }
  }
  return { left: [...waiting], joined: [...joined], pending: [...gone] }
}

function numbers(text: string | undefined): number[] {
  return (text ?? '').trim().split(' ').filter(Boolean).map(Number)
}
