import type { EngineFlaws } from './core.ts'

/** A mistake that somebody could make, as replacements in the files of `src/core`, or one of the engine around it. */
export type Mutant = {
  readonly name: string
  readonly edits?: readonly Edit[]
  readonly flaws?: EngineFlaws
  /** The beginning of the name of the story that is tried first. */
  readonly first?: string
}
export type Edit = { readonly file: string; readonly from: string; readonly to: string }

export function edit(file: string, from: string, to: string): readonly Edit[] {
  return [{ file, from, to }]
}
