import type { AlertingBrief } from '../../api/alerting.ts'
import type { Paint } from '../text/paint.ts'
import { span } from '../text/span.ts'

const LOUDEST_FIRST = ['emergency', 'critical', 'warning', 'info']

/** The alert path in one line, for the status: what fires, which channel takes nothing, and the last drill. */
export function alertsBrief(brief: AlertingBrief, paint: Paint): string {
  const trouble = brief.failing.length > 0 || brief.dead > 0 || brief.drill?.ok === false || brief.channels === 0
  return paint(
    trouble ? 'yellow' : undefined,
    `Alerts: ${[firing(brief), ...channels(brief), ...drill(brief)].join('; ')}.`,
  )
}

function firing({ firing }: AlertingBrief): string {
  const kinds = LOUDEST_FIRST.flatMap((severity) =>
    (firing[severity] ?? 0) > 0 ? [`${firing[severity]} ${severity}`] : [],
  )
  const total = Object.values(firing).reduce((sum, count) => sum + count, 0)
  return total === 0 ? 'none fires' : `${total} ${total === 1 ? 'fires' : 'fire'} (${kinds.join(', ')})`
}

function channels({ channels, failing, queued, dead }: AlertingBrief): string[] {
  if (channels === 0) return ['nobody is told, since no channel is configured']
  const all = channels === 1 ? '1 channel' : `${channels} channels`
  const well = failing.length === 0 ? `${all} well` : `${channels - failing.length} of ${all} well`
  return [
    ...failing.map(({ channel, since }) => `${channel} takes nothing for ${span(since.agoMs)}`),
    well,
    ...(queued === 0 ? [] : [`${queued} messages wait`]),
    ...(dead === 0 ? [] : [`${dead} dead letters`]),
  ]
}

function drill({ drill, channels }: AlertingBrief): string[] {
  if (drill === undefined) return channels === 0 ? [] : ['no drill yet']
  return [`last drill ${span(drill.started.agoMs)} ago ${drill.ok ? 'worked' : 'FAILED'}`]
}
