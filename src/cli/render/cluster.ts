import type { Cluster, Ha, Quorum, Unread } from '../../api/cluster.ts'
import { count } from '../text/amount.ts'
import { type Paint, tame } from '../text/paint.ts'
import { span } from '../text/span.ts'
import { wrap } from '../text/table.ts'
import { nodeTable } from './cluster-nodes.ts'
import { replicationTable, storageTable, taskTable } from './cluster-parts.ts'
import { guestsLine } from './guests.ts'
import type { Canvas } from './status.ts'

/** One cluster on one screen. */
export function renderCluster(cluster: Cluster, canvas: Canvas): string {
  const { paint } = canvas
  const sections: (readonly string[])[] = [
    [headline(cluster, paint), ...warnings(cluster, canvas), ...facts(cluster, canvas)],
    nodeTable(cluster, paint),
    titled('Storage', storageTable(cluster, paint), paint),
    titled('Replication', replicationTable(cluster, paint), paint),
    titled('Running tasks', taskTable(cluster, paint), paint),
    titled('Not read', notRead(cluster.notRead, canvas), paint),
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function headline(cluster: Cluster, paint: Paint): string {
  const { name, ownName } = cluster
  const called = ownName === undefined || ownName === name ? name : `${name} (it calls itself ${ownName})`
  return `${paint('bold', tame(`Cluster ${called}`))}: ${standing(cluster, paint)}`
}

function standing({ trusted, viewsAgree, nodes }: Cluster, paint: Paint): string {
  const asked = nodes.filter((node) => node.standing === 'fresh' || node.standing === 'no-quorum')
  if (asked.length === 0) return paint('red', 'NO NODE ANSWERS')
  const quorum = trusted ? paint('green', 'has quorum') : paint('red', 'NO QUORUM')
  if (viewsAgree === null) return `${quorum} by the only view that there is`
  return `${quorum}, ${viewsAgree ? 'the views agree' : paint('red', 'VIEWS DISAGREE')}`
}

function warnings({ trusted, differences }: Cluster, { paint, columns }: Canvas): string[] {
  const stale = 'No node with quorum was read lately: what follows is only what was last known.'
  return [...(trusted ? [] : [stale]), ...differences].map((text) =>
    paint('red', wrap(`! ${tame(text)}`, columns, '  ')),
  )
}

function facts(cluster: Cluster, { paint, columns }: Canvas): string[] {
  const { quorum, ha, ceph, guests } = cluster
  const lines: (readonly [string, string])[] = [
    ...(quorum === undefined ? [] : [['Quorum', quorumWords(quorum, cluster, paint)] as const]),
    ...(quorum === undefined || quorum.qdevice === 'none' ? [] : [['QDevice', qdeviceWords(quorum, paint)] as const]),
    ...(ha === undefined ? [] : [['HA', haWords(ha, paint)] as const]),
    ['Guests', guestsLine(guests, paint)],
    ...(ceph === undefined ? [] : [['Ceph', cephWords(ceph, paint)] as const]),
  ]
  return lines.map(
    ([title, words]) => `  ${title.padEnd(8)} ${wrap(words, columns === 0 ? 0 : columns - 11, ' '.repeat(11))}`,
  )
}

/** `3 of 3 votes, 2 needed; survives 1 more failure; losing pve2 costs quorum: no` */
export function quorumWords(quorum: Quorum, { nodes }: Pick<Cluster, 'nodes'>, paint: Paint): string {
  const { votesPresent, votesExpected, votesNeeded, survivesFailures } = quorum
  const votes = `${votesPresent} of ${count(votesExpected, 'vote')}, ${votesNeeded} needed`
  const margin =
    survivesFailures === 0
      ? paint('red', 'survives NO more failure')
      : paint(votesPresent < votesExpected ? 'yellow' : 'green', `survives ${count(survivesFailures, 'more failure')}`)
  const online = nodes.filter(({ losingCostsQuorum }) => losingCostsQuorum !== undefined)
  const costly = online.filter(({ losingCostsQuorum }) => losingCostsQuorum === true)
  if (online.length === 0) return `${votes}; ${margin}`
  const losing =
    costly.length === 0
      ? 'losing any one node costs quorum: no'
      : `losing ${costly.map(({ name }) => tame(name)).join(' or ')} costs quorum: ${paint('red', 'YES')}`
  return `${votes}; ${margin}; ${losing}`
}

function qdeviceWords({ qdevice, qdeviceVotes, qdeviceWords: words }: Quorum, paint: Paint): string {
  const state = paint(
    qdevice === 'connected' ? 'green' : 'red',
    qdevice === 'connected' ? 'connected' : qdevice.toUpperCase(),
  )
  const told = words === undefined ? '' : ` (${tame(words)})`
  return `${state}, ${count(qdeviceVotes, 'vote')}${qdevice === 'connected' ? '' : ' missing'}${told}`
}

function haWords({ armed, master, services }: Ha, paint: Paint): string {
  const odd = services.filter(({ state, requested }) => state !== (requested ?? 'started'))
  const state =
    armed === 'unknown' ? [] : [armed === 'disarmed' || armed === 'disarming' ? paint('yellow', armed) : armed]
  const chief = master === undefined ? [] : [`master ${tame(master)}`]
  const all = services.length === 0 ? 'no services' : `${count(services.length, 'service')}`
  const wrong = odd.map(({ sid, node, state: is, requested }) => {
    const style = is === 'error' || is === 'fence' ? 'red' : 'yellow'
    return paint(style, tame(`${sid} on ${node} is ${is}${requested === undefined ? '' : `, wanted ${requested}`}`))
  })
  return [[...state, ...chief, all].join(', '), ...wrong].join('; ')
}

function cephWords({ health, checks }: NonNullable<Cluster['ceph']>, paint: Paint): string {
  const style = health === 'HEALTH_OK' ? 'green' : health === 'HEALTH_WARN' ? 'yellow' : 'red'
  return [paint(style, tame(health)), ...checks.map(tame)].join('; ')
}

/** A node that is away fails in all its parts for one reason: that is one line. */
function notRead(all: readonly Unread[], { paint, columns }: Canvas): string[] {
  const grouped = Map.groupBy(all, ({ node, code }) => `${node}\n${code}`)
  return [...grouped.values()].map((those) => {
    const [{ node, code, sentence } = { node: '', code: '', sentence: '' }] = those
    const sections = those.flatMap(({ section }) => section ?? [])
    const parts = sections.length === 0 ? '' : ` (${sections.join(', ')})`
    const ages = those.flatMap(({ lastReadAgeMs }) => lastReadAgeMs ?? [])
    const last = ages.length === 0 ? 'never read' : `last read ${span(Math.max(...ages))} ago`
    const text = `${tame(node)}${parts}: ${paint('yellow', code)}, ${last}: ${tame(sentence)}`
    return `  ${wrap(text, columns === 0 ? 0 : columns - 2, '    ')}`
  })
}

function titled(title: string, lines: readonly string[], paint: Paint): string[] {
  return lines.length === 0 ? [] : [paint('bold', title), ...lines]
}
