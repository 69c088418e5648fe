import { watchBoots } from '../boots.ts'
import { watchStops } from '../clean-stops.ts'
import { type Episodes, type Finding, judgeConditions, type OpenAlert } from '../conditions/judge.ts'
import type { Clues, Scene } from '../conditions/rule.ts'
import { judgeCluster } from '../model.ts'
import type { ClusterViews } from '../types.ts'
import { type LabSpec, lab, NOW } from './lab.ts'

export function sceneOf(views: ClusterViews, clues: Clues = {}, before: Partial<Scene> = {}): Scene {
  const model = judgeCluster(views, before.model?.at ?? NOW)
  return { model, boots: watchBoots(before.boots ?? {}, model), stops: watchStops(before.stops ?? {}, model), clues }
}

export function findingsIn(spec: LabSpec, open: readonly OpenAlert[] = [], clues: Clues = {}, episodes: Episodes = {}) {
  return judgeConditions(sceneOf(lab(spec), clues), open, episodes).findings
}

/** `NAME SUBJECT` of what holds. */
export function held(findings: readonly Finding[]): string[] {
  return findings.filter(({ holds }) => holds).map(({ name, subject }) => `${name} ${subject}`)
}

export function over(findings: readonly Finding[]): string[] {
  return findings.filter(({ holds }) => !holds).map(({ name, subject }) => `${name} ${subject}`)
}

export const open = (name: string, subject: string, firing = true): OpenAlert => ({ name, subject, firing })
