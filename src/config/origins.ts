import type { Position, SourceDocument } from './document.ts'
import { formatPath, type Path } from './path.ts'
import type { Problem } from './problem.ts'

export const ENVIRONMENT = 'environment'

/** Which values did not come from the file: path to the variable that gave it. */
export class Origins {
  readonly #variables = new Map<string, string>()

  set(path: Path, variable: string): void {
    this.#variables.set(formatPath(path), variable)
  }

  /** The variable that gave the value at `path`, or the map or list that holds it. */
  variable(path: Path): string | undefined {
    for (let length = path.length; length > 0; length--) {
      const variable = this.#variables.get(formatPath(path.slice(0, length)))
      if (variable !== undefined) return variable
    }
    return undefined
  }

  /** The variable of exactly this value. */
  exactly(path: Path): string | undefined {
    return this.#variables.get(formatPath(path))
  }
}

/** Where a value of the merged configuration stands: in the file, or in a variable. */
export type Places = { readonly document?: SourceDocument | undefined; readonly origins: Origins }

/** A problem at its place. */
export function problemAt(
  places: Places,
  path: Path,
  found: Omit<Problem, 'file' | 'line' | 'column' | 'path'>,
  at: 'key' | 'value' = 'value',
): Problem {
  const variable = places.origins.variable(path)
  const { document } = places
  if (variable !== undefined || document === undefined) {
    const tail = formatPath(path)
    const message = variable === undefined || tail === '' ? found.message : `${found.message} (${tail})`
    return { ...found, file: ENVIRONMENT, path: variable ?? tail, message }
  }
  return { ...found, file: document.file, ...document.position(path, at), path: formatPath(path) }
}

/** `line 31`, `from HOSTS`: the place of the first of two, for the sentence about the second. */
export function placeWords(places: Places, path: Path): string {
  const variable = places.origins.variable(path)
  if (variable !== undefined) return `from ${variable}`
  const position: Position | undefined = places.document?.position(path)
  return position === undefined ? 'given' : `line ${position.line}`
}
