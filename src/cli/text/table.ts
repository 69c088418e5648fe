import { type Paint, type Style, tame } from './paint.ts'

export type Cell = string | { readonly text: string; readonly style?: Style | undefined }
export type Column = { readonly title: string; readonly right?: boolean }

const GAP = '  '

/** Lines of a table with aligned columns; a column without any content is left out. */
export function table(columns: readonly Column[], rows: readonly (readonly Cell[])[], paint: Paint): string[] {
  const used = columns.map((_, index) => index).filter((index) => rows.some((row) => textOf(row[index]) !== ''))
  const widths = used.map((index) =>
    Math.max(columns[index]?.title.length ?? 0, ...rows.map((row) => width(textOf(row[index])))),
  )
  const line = (cells: readonly (Cell | undefined)[]) =>
    used
      .map((index, place) => {
        const cell = cells[index]
        const text = textOf(cell)
        const space = ' '.repeat(Math.max(0, (widths[place] ?? 0) - width(text)))
        const painted = paint(typeof cell === 'object' ? cell.style : undefined, text)
        return columns[index]?.right === true ? space + painted : painted + space
      })
      .join(GAP)
      .trimEnd()
  return [line(columns.map(({ title }) => ({ text: title, style: 'bold' as const }))), ...rows.map(line)]
}

function textOf(cell: Cell | undefined): string {
  return tame(typeof cell === 'object' ? cell.text : (cell ?? ''))
}

const STYLES = /\p{Cc}\[\d+m/gu

/** Characters that take a place: not the colours. */
function width(text: string): number {
  return [...text.replaceAll(STYLES, '')].length
}

/** Breaks at spaces, with `indent` before each line but the first; 0 columns: never. */
export function wrap(text: string, columns: number, indent: string): string {
  if (columns === 0) return text
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && width(line) + 1 + width(word) > columns) {
      lines.push(line)
      line = indent + word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line].join('\n')
}
