import type { ClusterModel, StorageModel } from '../model-types.ts'
import type { Held, Rule } from './rule.ts'

const FULL_RATIO = 0.9

/** One that is shared has one subject for all nodes: it is one store. */
function subjectOf({ storage, node, shared }: StorageModel): string {
  return shared ? storage : `${node}/${storage}`
}

function ofSubject({ storages }: ClusterModel, subject: string): readonly StorageModel[] {
  return storages.filter(
    (storage) => subjectOf(storage) === subject || `${storage.node}/${storage.storage}` === subject,
  )
}

const where = ({ storage, node, shared }: StorageModel) =>
  shared ? `The shared storage ${storage}` : `The storage ${storage} of ${node}`

const storageFull: Rule = {
  name: 'PveStorageFull',
  holding({ model: { storages } }) {
    const full = new Map<string, Held>()
    for (const each of storages) {
      const ratio = each.totalBytes > 0 ? each.usedBytes / each.totalBytes : 0
      if (each.active !== true || ratio <= FULL_RATIO || full.has(subjectOf(each))) continue
      const percent = Math.floor(ratio * 100)
      full.set(subjectOf(each), { subject: subjectOf(each), sentence: `${where(each)} is ${percent} % full.` })
    }
    return [...full.values()]
  },
  isKnown: ({ model }, subject) => isTold(model, subject),
  over: (storage) => `${storage} is less than 90 % full.`,
}

const storageInactive: Rule = {
  name: 'PveStorageInactive',
  holding({ model }) {
    const held = new Map<string, Held>()
    for (const each of model.storages) {
      if (each.active !== false) continue
      const everywhere = each.shared && ofSubject(model, each.storage).every(({ active }) => active !== true)
      const subject = everywhere ? each.storage : `${each.node}/${each.storage}`
      const sentence = everywhere
        ? `The shared storage ${each.storage} is active on no node that tells.`
        : `The storage ${each.storage} is not active on ${each.node}.`
      held.set(subject, { subject, sentence, rests: resting(each, model) })
    }
    return [...held.values()]
  },
  isKnown: ({ model }, subject) => isTold(model, subject),
  over: (storage) => `${storage} is active, or no longer enabled.`,
}

/** Of a node that is in maintenance nobody expects its storages. */
function resting({ node, shared }: StorageModel, { nodes }: ClusterModel): string | undefined {
  return !shared && nodes.some(({ name, inMaintenance }) => name === node && inMaintenance)
    ? `${node} is in maintenance.`
    : undefined
}

/** Told lately by some node, or listed by none any more. */
function isTold(model: ClusterModel, subject: string): boolean {
  if (!model.trusted || model.sections.resources?.fresh !== true) return false
  const those = ofSubject(model, subject)
  return those.length === 0 || those.some(({ active }) => active !== undefined)
}

export const storageRules: readonly Rule[] = [storageFull, storageInactive]
