import type { Reboot, Reboots, RebootVerdictReport } from '../../api/reboots.ts'
import { ADVICE, WOULD_SHOW } from '../../core/reboots/advice.ts'
import { REBOOT_CAUSES, type RebootCause } from '../../core/reboots/types.ts'
import { isExpected, severityOf } from '../../core/reboots/weight.ts'
import { type Style, tame } from '../text/paint.ts'
import { localTime, span } from '../text/span.ts'
import { table, wrap } from '../text/table.ts'
import type { Canvas } from './status.ts'

/** As many of the reboots before are named. */
const MOST_EARLIER = 5

const SOURCES: Readonly<Record<RebootVerdictReport['lines'][number]['source'], string>> = {
  previous: 'the boot that ended',
  current: 'the next boot',
  copy: 'our copy',
  netconsole: 'netconsole',
  peers: 'its peers',
  watchdog: 'the watchdog',
}

/** Why a node rebooted: the cause and how sure it is, what shows it, what is missing, and what else it could be. */
export function renderWhy({ cluster, node, host, reboots }: Reboots, boot: number, canvas: Canvas): string {
  const reboot = reboots.find((each) => each.boot === boot)
  const { paint } = canvas
  if (reboot === undefined) return ''
  const name = host === undefined || host === node ? '' : `, host ${host}`
  const began = `rebooted ${span(reboot.began.agoMs)} ago, at ${localTime(reboot.began.at)}`
  const heading = `${paint('bold', tame(node))} (cluster ${tame(cluster)}${tame(name)}) ${began}`
  const earlier = reboots.filter((each) => each.boot < boot).slice(0, MOST_EARLIER)
  return [heading, ...verdictSections(reboot, canvas), ...earlierSection(earlier, canvas)].join('\n\n')
}

/** The same of files, of which nobody knows when that was. */
export function renderVerdict(node: string, verdict: RebootVerdictReport, canvas: Canvas): string {
  return [`${canvas.paint('bold', tame(node))}, by the files given`, ...verdictSections(verdict, canvas)].join('\n\n')
}

function verdictSections(verdict: RebootVerdictReport, { paint, columns }: Canvas): string[] {
  const line = (text: string) => `  ${wrap(tame(text), columns === 0 ? 0 : columns - 2, '    ')}`
  const { cause, sentence, missing } = verdict
  const sections: (readonly [string, readonly string[]])[] = [
    ['Cause', [`  ${paint(styleOf(cause), cause)}${howSure(verdict)}${down(verdict)}`, line(sentence)]],
    ['Shown by', shownBy(verdict).map((text) => `  ${text}`)],
    ['Could be', verdict.couldBe.map((each) => line(`${each}: ${REBOOT_CAUSES[each]}${wouldShow(each)}`))],
    ['Missing', missing.map((each) => line(each))],
    ['To do', [line(ADVICE[cause]), line(`docs/reboots.md#${cause}`)]],
  ]
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [paint('bold', title), ...lines].join('\n'))
}

function styleOf(cause: RebootCause): Style {
  if (isExpected({ cause })) return 'green'
  return severityOf({ cause }) === 'critical' ? 'red' : 'yellow'
}

/** Nothing can be sure or unsure of a cause that is not known. */
function howSure({ cause, confidence }: RebootVerdictReport): string {
  return cause === 'abrupt-undetermined' || cause === 'cannot-tell' ? '' : `, ${confidence}`
}

/** How long it was down, where both ends are known. */
function down(verdict: RebootVerdictReport & Partial<Pick<Reboot, 'began' | 'lastLife'>>): string {
  const { began, lastLife } = verdict
  return began === undefined || lastLife === undefined ? '' : `; down for ${span(lastLife.agoMs - began.agoMs)}`
}

function wouldShow(cause: RebootCause): string {
  const what = WOULD_SHOW[cause]
  return what === undefined ? '' : ` Would be shown by ${what}.`
}

/** Lines are never broken: they are looked for with grep. */
function shownBy({ lines }: RebootVerdictReport): string[] {
  const width = Math.max(0, ...lines.map(({ source }) => SOURCES[source].length))
  return lines.map(({ source, text }) => `${SOURCES[source].padEnd(width)}  ${tame(text)}`)
}

function earlierSection(reboots: readonly Reboot[], { paint }: Canvas): string[] {
  if (reboots.length === 0) return []
  const columns = [{ title: 'BOOT', right: true }, { title: 'BEGAN' }, { title: 'CAUSE' }, { title: 'CONFIDENCE' }]
  const rows = reboots.map(({ boot, began, cause, confidence }) => [
    String(boot),
    localTime(began.at),
    { text: cause, style: styleOf(cause) },
    confidence,
  ])
  const lines = table(columns, rows, paint).map((text) => `  ${text}`)
  return [[paint('bold', 'Earlier'), ...lines].join('\n')]
}
