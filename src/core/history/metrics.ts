/** One point of round-robin data; a value that it does not have is missing. */
export type Point = { readonly timeS: number; readonly values: Readonly<Record<string, number>> }

export const HISTORY_METRICS = ['cpu', 'mem', 'disk', 'net', 'load'] as const
export type HistoryMetric = (typeof HISTORY_METRICS)[number]

export type Subject = 'node' | 'guest' | 'storage'
export type HistoryUnit = 'ratio' | 'bytes-per-second' | 'load'

/** How one line is made of the names that Proxmox uses. */
export type LineRecipe = {
  readonly name: string
  readonly unit: HistoryUnit
  /** What one point counts; `of` is its weight, for a mean over several members. Without it they are summed. */
  readonly value: (values: Point['values']) => number | undefined
  readonly of?: (values: Point['values']) => number | undefined
}

const plain = (key: string) => (values: Point['values']) => values[key]
const share = (name: string, part: string, whole: string): LineRecipe => ({
  name,
  unit: 'ratio',
  value: plain(part),
  of: plain(whole),
})
/** What is told for each core or each machine alike, weighted by the cores. */
const byCores = (name: string, unit: HistoryUnit, key: string): LineRecipe => ({
  name,
  unit,
  value: ({ [key]: value, maxcpu }) => (value === undefined || maxcpu === undefined ? undefined : value * maxcpu),
  of: plain('maxcpu'),
})
const flow = (name: string, key: string): LineRecipe => ({ name, unit: 'bytes-per-second', value: plain(key) })

const NETWORK = [flow('in', 'netin'), flow('out', 'netout')]

const RECIPES: Readonly<Record<Subject, Partial<Record<HistoryMetric, readonly LineRecipe[]>>>> = {
  node: {
    cpu: [byCores('cpu', 'ratio', 'cpu')],
    mem: [share('memory', 'memused', 'memtotal')],
    disk: [share('root disk', 'rootused', 'roottotal')],
    net: NETWORK,
    load: [byCores('load', 'load', 'loadavg')],
  },
  guest: {
    cpu: [byCores('cpu', 'ratio', 'cpu')],
    mem: [share('memory', 'mem', 'maxmem')],
    // How full the disk of a virtual machine is cannot be known from outside.
    disk: [flow('read', 'diskread'), flow('written', 'diskwrite')],
    net: NETWORK,
  },
  storage: { disk: [share('used', 'used', 'total')] },
}

/** How a metric of a subject is drawn; undefined where Proxmox keeps nothing like it. */
export function recipesFor(subject: Subject, metric: HistoryMetric): readonly LineRecipe[] | undefined {
  return RECIPES[subject][metric]
}
