/** How much is kept. Of more the oldest goes. */
export const LIMITS = {
  /** Of the journal of one boot. */
  lines: 2_000,
  characters: 512 * 1024,
  /** Of one node. */
  boots: 3,
  reboots: 50,
  /** Of one host, by netconsole. */
  kernelLines: 1_000,
  /** Names that nobody uses any more make room for others. */
  nodes: 128,
  hosts: 256,
} as const

/** One transaction takes at most about this much, so that a commit of the engine never stands behind a long one. */
export const FLUSH_CHARACTERS = 256 * 1024

/** The newest lines that fit. */
export function newest(lines: readonly string[], most: { readonly lines: number; readonly characters: number }) {
  let from = Math.max(0, lines.length - most.lines)
  let characters = 0
  for (let index = lines.length - 1; index >= from; index -= 1) {
    characters += lines[index]?.length ?? 0
    if (characters > most.characters) from = index + 1
  }
  return from === 0 ? lines : lines.slice(from)
}
