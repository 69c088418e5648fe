import type { AuditFinding } from '../../api/audit.ts'
import { type Style, tame } from '../text/paint.ts'
import { wrap } from '../text/table.ts'
import type { Canvas } from './status.ts'

const STYLES: Readonly<Record<AuditFinding['severity'], Style>> = { critical: 'red', warning: 'yellow', info: 'cyan' }

/** Each finding with why it matters and what to do, the worst first, and how many there are. */
export function renderAudit(findings: readonly AuditFinding[], canvas: Canvas): string {
  const lines = findings.flatMap((found) => findingLines(found, canvas))
  if (lines.length > 0) lines.push('')
  return [...lines, canvas.paint('bold', `Audit: ${counts(findings)}.`)].join('\n')
}

export function findingLines(found: AuditFinding, { paint, columns }: Canvas): string[] {
  const { severity, code, cluster, node, sentence, why, remedy } = found
  const place = node === undefined ? (cluster ?? '') : `${cluster}/${node}`
  const where = place === '' ? '' : `${tame(place)} `
  return [
    wrap(`${paint(STYLES[severity], severity)} ${where}${code}: ${tame(sentence)}`, columns, '  '),
    wrap(`  Why: ${tame(why)}`, columns, '       '),
    wrap(`  Do:  ${tame(remedy)}`, columns, '       '),
  ]
}

function counts(findings: readonly AuditFinding[]): string {
  const words = (['critical', 'warning', 'info'] as const).flatMap((severity) => {
    const count = findings.filter((found) => found.severity === severity).length
    return count === 0 ? [] : [`${count} ${severity === 'warning' && count > 1 ? 'warnings' : severity}`]
  })
  return words.length === 0 ? 'nothing was found' : words.join(', ')
}
