import { edit, type Mutant } from './mutant.ts'

/** Mistakes in how the words of a cluster's nodes are judged. */
export const CLUSTER_MUTANTS: readonly Mutant[] = [
  {
    name: 'the word of a node without quorum is taken',
    edits: edit(
      'cluster/agreement.ts',
      "if (view.standing === 'fresh' && (best",
      "if ((view.standing === 'fresh' || view.standing === 'no-quorum') && (best",
    ),
    first: 'cluster: a node without quorum',
  },
  {
    name: 'old views believed',
    edits: [
      ...edit(
        'cluster/freshness.ts',
        'return read !== undefined && elapsedMs',
        'return read !== undefined || elapsedMs',
      ),
      ...edit('recovery/guards/cluster.ts', 'VIEW_FRESH_MS = 60_000', 'VIEW_FRESH_MS = 60_000_000'),
    ],
    first: 'cluster: all endpoints silent',
  },
  {
    name: 'the first view is enough, whatever the others say',
    edits: edit('cluster/feeds.ts', 'viewsDisagree: doubt,', 'viewsDisagree: undefined,'),
    first: 'cluster: old words',
  },
  {
    name: 'HA that deals with a dead node holds the node itself',
    edits: edit(
      'cluster/feeds.ts',
      'fencedNodes: toHosts(fenced),',
      'fencedNodes: toHosts(fenced.slice(fenced.length)),',
    ),
    first: 'cluster: the fence of a hung node',
  },
  {
    name: 'storage that is gone is not minded',
    edits: edit('cluster/feeds.ts', 'storageTrouble: storageTrouble(model),', 'storageTrouble: undefined,'),
    first: 'cluster: a shared storage',
  },
  {
    name: 'a clean stop is forgotten with the node',
    edits: edit('cluster/feeds.ts', '!there.has(node)))', 'there.has(node)))'),
    first: 'cluster: a clean stop',
  },
]
