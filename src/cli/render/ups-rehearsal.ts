import type { RehearsedPart } from '../../api/ups.ts'
import { tame } from '../text/paint.ts'
import { wrap } from '../text/table.ts'
import type { Canvas } from './status.ts'

const MARKS = {
  ok: { mark: 'ok  ', style: 'green' },
  hint: { mark: 'note', style: 'yellow' },
  failed: { mark: 'no  ', style: 'red' },
} as const

/** What was asked for real, by what it is about. */
export function renderRehearsal(parts: readonly RehearsedPart[], { paint, columns }: Canvas): string {
  const about = [...new Set(parts.map((part) => part.about))]
  const failed = parts.filter(({ result }) => result === 'failed').length
  const lines = about.flatMap((name) => [
    paint('bold', tame(name)),
    ...parts
      .filter((part) => part.about === name)
      .map(({ result, sentence }) => {
        const { mark, style } = MARKS[result]
        return `  ${paint(style, mark)}  ${wrap(tame(sentence), columns === 0 ? 0 : Math.max(30, columns - 8), ' '.repeat(8))}`
      }),
  ])
  const sum =
    failed === 0
      ? paint('green', 'Every part of the plan could be done. Nothing was.')
      : paint('red', `${failed} ${failed === 1 ? 'part' : 'parts'} of the plan could not be done.`)
  return [...lines, '', sum].join('\n')
}
