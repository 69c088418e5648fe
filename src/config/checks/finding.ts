import type { Path } from '../path.ts'

/** Something that contradicts something else in the configuration. `first` is the place that it contradicts. */
export type Finding = {
  readonly path: Path
  readonly first?: Path
  readonly message: string
  readonly value?: string
  readonly suggestion?: string
}
