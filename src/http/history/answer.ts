import type { ApiErrorCode } from '../../api/errors.ts'
import type { History, HistoryLine, HistoryQuery } from '../../api/history.ts'
import { coarser, type Line, lineOf, resolutionS, summaryOf, within } from '../../core/history/lines.ts'
import { type Point, recipesFor } from '../../core/history/metrics.ts'
import { type Timeframe, timeframeFor } from '../../core/history/timeframe.ts'
import type { At } from '../../core/time.ts'
import type { SeenCluster } from '../views/cluster-models.ts'
import { isoOf } from '../views/moments.ts'
import type { HistoryDesk } from './desk.ts'
import { findTarget, type HistoryTarget } from './target.ts'

export type HistoryAnswer =
  | { readonly ok: true; readonly history: History }
  | { readonly ok: false; readonly code: ApiErrorCode; readonly sentence: string }

type Member = { readonly name: string; readonly points: readonly Point[]; readonly why?: string }

const HOUR_S = 3_600

/** Asks Proxmox for what it kept, and makes lines of it. */
export async function historyAnswer(
  { watch, model }: SeenCluster,
  query: HistoryQuery,
  desk: HistoryDesk,
  now: At,
): Promise<HistoryAnswer> {
  const found = findTarget(model, query.target)
  if (!found.ok) return found
  const { target } = found
  if (recipesFor(target.subject, query.metric) === undefined) return nothingLikeIt(target, query)
  const nowS = now.wallMs / 1000
  const toS = Math.min(query.to === undefined ? nowS : Date.parse(query.to) / 1000, nowS)
  const fromS = query.from === undefined ? toS - HOUR_S : Date.parse(query.from) / 1000
  if (fromS >= toS) return { ok: false, code: 'bad-request', sentence: 'There is no history of the future.' }
  const { timeframe, reaches } = timeframeFor(fromS, nowS)
  const members = await Promise.all(
    target.members.map(async ({ name, id }): Promise<Member> => {
      const outcome = await desk.ask(watch, { target: id, timeframe, cf: query.cf }, now.monoMs)
      return outcome.ok ? { name, points: outcome.value } : { name, points: [], why: outcome.sentence }
    }),
  )
  const silent = members.filter(({ why }) => why !== undefined)
  if (members.length === silent.length) {
    const sentence = silent[0]?.why ?? 'No node of the cluster is known yet.'
    return { ok: false, code: 'unavailable', sentence }
  }
  return { ok: true, history: historyOf({ target, query, members, fromS, toS, timeframe, reaches, model }) }
}

type Parts = {
  readonly target: HistoryTarget
  readonly query: HistoryQuery
  readonly members: readonly Member[]
  readonly fromS: number
  readonly toS: number
  readonly timeframe: Timeframe
  readonly reaches: boolean
  readonly model: SeenCluster['model']
}

function historyOf({ target, query, members, fromS, toS, timeframe, reaches, model }: Parts): History {
  const steps = members.flatMap(({ points }) => resolutionS(points) ?? [])
  const stepS = steps.length === 0 ? undefined : Math.max(...steps)
  const all = members.map(({ points }) => coarser(points, stepS ?? 0))
  const inside = all.map((points) => within(points, fromS, toS, stepS ?? 0))
  const recipes = recipesFor(target.subject, query.metric) ?? []
  const lines = recipes.map((recipe) => lineOf(recipe, inside))
  // What is asked of all that was kept tells whether the data begin later than the question.
  const firstDataS = firstOf(recipes.map((recipe) => lineOf(recipe, all)))
  return {
    cluster: model.cluster,
    target: target.id,
    title: target.title,
    metric: query.metric,
    cf: query.cf,
    from: isoOf(fromS * 1000),
    to: isoOf(toS * 1000),
    timeframe,
    resolutionS: stepS ?? null,
    reaches: reaches && firstDataS !== undefined && firstDataS <= fromS + (stepS ?? 0),
    firstDataS,
    lines: lines.map(shown),
    missing: members.flatMap(({ name, points, why }, index) => {
      if (why !== undefined) return [`${name}: ${why}`]
      const some = recipes.some((recipe) => summaryOf(lineOf(recipe, [inside[index] ?? []]).samples) !== undefined)
      return some || points.length === 0 ? [] : [`${name} recorded nothing in that time.`]
    }),
  }
}

function shown({ name, unit, samples }: Line): HistoryLine {
  const points = samples.map(({ timeS, value }) => ({ timeS, value: value ?? null }))
  return { name, unit, ...summaryOf(samples), points }
}

function firstOf(lines: readonly Line[]): number | undefined {
  const firsts = lines.flatMap(({ samples }) => samples.find(({ value }) => value !== undefined)?.timeS ?? [])
  return firsts.length === 0 ? undefined : Math.min(...firsts)
}

function nothingLikeIt({ title, subject }: HistoryTarget, { metric }: HistoryQuery): HistoryAnswer {
  const known = (['cpu', 'mem', 'disk', 'net', 'load'] as const).filter((each) => recipesFor(subject, each))
  const sentence = `Proxmox records no ${metric} of ${title}; there is ${known.join(', ')}.`
  return { ok: false, code: 'bad-request', sentence }
}
