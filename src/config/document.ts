import { type Document, LineCounter, parseDocument } from 'yaml'
import { formatPath, type Path } from './path.ts'
import type { Problem } from './problem.ts'
import { plainData } from './yaml-plain.ts'
import { yamlSentence } from './yaml-sentences.ts'

export const LARGEST_FILE_BYTES = 4 * 1024 * 1024
const MOST_SYNTAX_PROBLEMS = 8

export type Position = { readonly line: number; readonly column: number }

/** A YAML file as plain data that still knows where each of its values stands. */
export type SourceDocument = {
  readonly file: string
  readonly data: unknown
  /** Where the key or the value at `path` begins; where there is none, its nearest ancestor. From 1. */
  position(path: Path, at?: 'key' | 'value'): Position | undefined
}

/** `document` is missing where the text cannot be understood; with duplicate keys there is still one. */
export type ReadDocument = { readonly document?: SourceDocument; readonly problems: readonly Problem[] }

/** Never throws, whatever the text. Positions are those of anchors' definitions where aliases are used. */
export function readDocument(text: string, file: string): ReadDocument {
  const whole = (message: string): ReadDocument => ({ problems: [{ file, path: '', message }] })
  if (Buffer.byteLength(text) > LARGEST_FILE_BYTES)
    return whole('the file is larger than 4 MiB: that is no configuration')
  const lines = new LineCounter()
  const parsed = parse(text, lines)
  if (parsed === undefined) return whole('the file is nested too deeply')
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  // How deep is too deep depends on the stack, and so would the place.
  if (parsed.errors.some((error) => error.code === 'RESOURCE_EXHAUSTION')) return whole('the file is nested too deeply')
  const problems = syntaxProblems(parsed, text, file, at)
  const broken = parsed.errors.some((error) => error.code !== 'DUPLICATE_KEY')
  if (broken) return { problems }
  if (parsed.contents === null) {
    return problems.length > 0 ? { problems } : whole('the file is empty: at least `hosts:` is expected')
  }
  const plain = plainData(parsed)
  for (const trouble of plain.troubles) {
    problems.push({ file, ...at(trouble.offset), path: formatPath(trouble.path), message: trouble.message })
  }
  if (plain.troubles.length > 0) return { problems }
  const position = (path: Path, where: 'key' | 'value' = 'value') => {
    const offset = plain.offset(path, where)
    return offset === undefined ? undefined : at(offset)
  }
  return { document: { file, data: plain.data, position }, problems }
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, schema: 'core', version: '1.2' })
  } catch (error) {
    // The parser descends recursively: absurd nesting ends its stack, and that is the file's fault.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function syntaxProblems(
  parsed: Document.Parsed,
  text: string,
  file: string,
  at: (offset: number) => Position,
): Problem[] {
  const problems: Problem[] = []
  const seen = new Set<string>()
  for (const error of [...parsed.errors, ...parsed.warnings]) {
    const position = at(error.pos[0])
    // One mistake makes the parser stumble several times over the same line.
    const key = error.code === 'DUPLICATE_KEY' ? `${position.line}:${position.column}` : `${position.line}`
    if (seen.has(key)) continue
    seen.add(key)
    problems.push({ file, ...position, path: '', message: yamlSentence(error.code, text, error.pos[0]) })
    if (problems.length >= MOST_SYNTAX_PROBLEMS) break
  }
  return problems
}
