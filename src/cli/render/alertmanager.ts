import type { PlacedFinding, Way } from '../../alertmanager/check.ts'
import { type Style, tame } from '../text/paint.ts'
import { span } from '../text/span.ts'
import { wrap } from '../text/table.ts'
import type { Canvas } from './status.ts'

export type Checked = {
  readonly file: string
  readonly findings: readonly PlacedFinding[]
  readonly deadMan: readonly Way[]
  readonly critical: readonly Way[]
  /** YAML to paste, where there is reason to. */
  readonly receiver?: string | undefined
}

const STYLES: Readonly<Record<PlacedFinding['severity'], Style>> = { error: 'red', warning: 'yellow', note: 'cyan' }

/** Every trap with its place, why it hurts and what to do; then where alerts go, and the receiver to paste. */
export function renderCheck(checked: Checked, deadMan: string, canvas: Canvas): string {
  const { findings, file } = checked
  const { paint } = canvas
  const lines = findings.flatMap((found) => findingLines(found, file, canvas))
  if (lines.length > 0) lines.push('')
  lines.push(paint('bold', `${tame(file)}: ${counts(findings)}`))
  lines.push(`  ${tame(deadMan)} goes to ${waysWords(checked.deadMan)}.`)
  lines.push(`  A critical alert goes to ${waysWords(checked.critical)}.`)
  if (checked.receiver !== undefined) {
    lines.push('', paint('bold', 'To paste into it, with a token for each relay:'), '', checked.receiver.trimEnd())
  }
  return lines.join('\n')
}

function findingLines(found: PlacedFinding, file: string, { paint, columns }: Canvas): string[] {
  const { severity, code, line, column, sentence, why, remedy } = found
  const place = line === undefined ? tame(file) : `${tame(file)}:${line}:${column}`
  return [
    `${place}: ${paint(STYLES[severity], severity)} ${code}: ${tame(sentence)}`,
    wrap(`  Why: ${tame(why)}`, columns, '       '),
    wrap(`  Do:  ${tame(remedy)}`, columns, '       '),
  ]
}

function counts(findings: readonly PlacedFinding[]): string {
  const words = (['error', 'warning', 'note'] as const).flatMap((severity) => {
    const count = findings.filter((found) => found.severity === severity).length
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? '' : 's'}`]
  })
  return words.length === 0 ? 'no trap was found' : words.join(', ')
}

function waysWords(ways: readonly Way[]): string {
  if (ways.length === 0) return 'nobody'
  return ways
    .map(({ receiver, tellsSomebody, everyMs }) => {
      if (receiver === '') return 'nobody'
      const remark = tellsSomebody ? `again every ${span(everyMs)}` : 'which tells nobody'
      return `${tame(receiver)} (${remark})`
    })
    .join(' and to ')
}

/** The same for programs. */
export function checkAsJson({ file, findings, deadMan, critical, receiver }: Checked): object {
  return {
    file,
    ok: findings.every(({ severity }) => severity !== 'error'),
    findings: findings.map(({ code, severity, line, column, path, sentence, why, remedy }) => ({
      code,
      severity,
      ...(line === undefined ? {} : { line, column }),
      path: pathWords(path),
      sentence,
      why,
      remedy,
    })),
    routes: { deadMan, critical },
    receiver,
  }
}

/** `route.routes[0].receiver`. */
function pathWords(path: PlacedFinding['path']): string {
  return path.reduce<string>(
    (text, step) => `${text}${typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`}`,
    '',
  )
}
