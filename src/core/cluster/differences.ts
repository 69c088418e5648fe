import { list } from '../phrase.ts'
import type { ClusterStatus } from './types.ts'

/** A point on which views that were read lately differ. */
export type Difference = {
  readonly about: 'membership' | 'quorum' | 'configuration'
  /** With `membership`: the node that some see as a member and others do not. */
  readonly node?: string
  readonly sentence: string
}

/** One view as it is compared. */
export type Sight = { readonly node: string; readonly status: ClusterStatus; readonly quorate: boolean }

/** On what the views differ, in sentences that name who says what; and the first that puts the believed view in doubt. */
export function differencesOf(sights: readonly Sight[]): { differences: readonly Difference[]; doubt?: string } {
  const names = [...new Set(sights.flatMap(({ status }) => status.members.map(({ name }) => name)))].sort()
  const members = names.flatMap((name) => membership(sights, name))
  const differences = [...members, ...quorum(sights), ...configuration(sights)]
  return {
    differences: differences.map(({ isDoubt: _, ...difference }) => difference),
    doubt: members.find(({ isDoubt }) => isDoubt)?.sentence,
  }
}

type Weighed = Difference & { readonly isDoubt: boolean }

function membership(sights: readonly Sight[], name: string): Weighed[] {
  const seers = sights.filter((sight) => sees(sight, name))
  const deniers = sights.filter((sight) => !sees(sight, name))
  if (seers.length === 0 || deniers.length === 0) return []
  // That a node without quorum sees itself is no news, and neither is that it sees nobody else.
  const others = seers.filter((sight) => sight.quorate || sight.node !== name)
  return [
    {
      about: 'membership',
      node: name,
      sentence: `${who(seers)} ${see(seers)} ${name} as a member, ${who(deniers)} ${doNot(deniers)}.`,
      isDoubt: others.length > 0 && deniers.some(({ quorate }) => quorate),
    },
  ]
}

function quorum(sights: readonly Sight[]): Weighed[] {
  const has = sights.filter(({ quorate }) => quorate)
  const hasNot = sights.filter(({ quorate }) => !quorate)
  if (has.length === 0 || hasNot.length === 0) return []
  const sentence = `${who(has)} ${has.length > 1 ? 'have' : 'has'} quorum, ${who(hasNot)} ${hasNot.length > 1 ? 'have' : 'has'} not.`
  return [{ about: 'quorum', sentence, isDoubt: false }]
}

function configuration(sights: readonly Sight[]): Weighed[] {
  const byVersion = new Map<number, Sight[]>()
  for (const sight of sights) {
    const { configVersion } = sight.status
    if (configVersion !== undefined) byVersion.set(configVersion, [...(byVersion.get(configVersion) ?? []), sight])
  }
  if (byVersion.size < 2) return []
  const words = [...byVersion]
    .sort(([a], [b]) => b - a)
    .map(([version, those]) => `version ${version} on ${who(those)}`)
  return [{ about: 'configuration', sentence: `corosync.conf differs: ${list(words)}.`, isDoubt: false }]
}

function sees({ status }: Sight, node: string): boolean {
  return status.members.some(({ name, online }) => name === node && online)
}

function who(sights: readonly Sight[]): string {
  return list(sights.map(({ node }) => node).sort())
}

const see = (sights: readonly Sight[]) => (sights.length > 1 ? 'see' : 'sees')
const doNot = (sights: readonly Sight[]) => (sights.length > 1 ? 'do not' : 'does not')
