import { list } from '../phrase.ts'
import type { ClusterModel } from './model-types.ts'
import { isRunning } from './tasks.ts'
import type { Task } from './types.ts'

/**
 * Tasks that leave something half done when their node loses its power. Names are those of Proxmox' own workers. Not
 * here: a refresh of package lists, and starts and stops of guests, which are begun again. Replication runs without a
 * task, and an upgrade in the web interface is a console like any other (`vncshell`): these cannot be seen here.
 */
const MUST_NOT_BE_CUT: Readonly<Record<string, string>> = {
  vzdump: 'a backup',
  qmrestore: 'a restore',
  vzrestore: 'a restore',
  qmcreate: 'the creation of a guest',
  vzcreate: 'the creation of a guest',
  qmigrate: 'a migration',
  vzmigrate: 'a migration',
  hamigrate: 'a migration',
  migrateall: 'a migration of all guests',
  bulkmigrate: 'a migration of several guests',
  qmclone: 'a clone',
  vzclone: 'a clone',
  qmmove: 'a move of a disk',
  move_volume: 'a move of a volume',
  qmtemplate: 'the making of a template',
  vztemplate: 'the making of a template',
  resize: 'the resizing of a disk',
  qmsnapshot: 'a snapshot',
  vzsnapshot: 'a snapshot',
  qmrollback: 'a rollback',
  vzrollback: 'a rollback',
  qmdelsnapshot: 'the removal of a snapshot',
  vzdelsnapshot: 'the removal of a snapshot',
  imgcopy: 'the copying of an image',
  clustercreate: 'the making of a cluster',
  clusterjoin: 'the joining of a cluster',
  cephcreateosd: 'the creation of an OSD',
  cephdestroyosd: 'the removal of an OSD',
  zfscreate: 'the creation of a pool',
  lvmcreate: 'the creation of a volume group',
  lvmthincreate: 'the creation of a thin pool',
  dircreate: 'the creation of a storage',
}

/** For each node on which such a task runs, a sentence. A node that is away and says nothing itself is not in it. */
export function uncutTasks({ tasks }: Pick<ClusterModel, 'tasks'>): Readonly<Record<string, string>> {
  const byNode = new Map<string, Task[]>()
  for (const task of tasks) {
    if (isRunning(task) && mustNotBeCut(task)) byNode.set(task.node, [...(byNode.get(task.node) ?? []), task])
  }
  return Object.fromEntries([...byNode].map(([node, running]) => [node, sentence(node, running)]))
}

export function mustNotBeCut({ type }: Task): boolean {
  return Object.hasOwn(MUST_NOT_BE_CUT, type)
}

function sentence(node: string, tasks: readonly Task[]): string {
  const words = tasks.slice(0, 3).map(({ type, id }) => `${MUST_NOT_BE_CUT[type]}${id === '' ? '' : ` (${id})`}`)
  const more = tasks.length > 3 ? ` and ${tasks.length - 3} more` : ''
  return `On ${node} ${tasks.length > 1 ? 'tasks run' : 'a task runs'} that must not be cut: ${more === '' ? list(words) : words.join(', ')}${more}.`
}
