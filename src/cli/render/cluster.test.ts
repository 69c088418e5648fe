import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NOON } from '../../../test/faces/clock.ts'
import { cutOffViews, healthyViews, nodeDownViews } from '../../../test/faces/cluster-situation.ts'
import { cluster as clusterSchema } from '../../api/cluster.ts'
import { guests as guestsSchema } from '../../api/guests.ts'
import { judgeCluster } from '../../core/cluster/model.ts'
import type { ClusterViews, GuestRow, NodeView } from '../../core/cluster/types.ts'
import { clusterOf } from '../../http/views/cluster.ts'
import { guestsOf } from '../../http/views/guests.ts'
import { painter } from '../text/paint.ts'
import { quorumWords, renderCluster } from './cluster.ts'
import { renderGuests } from './guests.ts'

const zone = process.env.TZ
beforeAll(() => {
  process.env.TZ = 'UTC'
})
afterAll(() => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

const paint = painter(false)
const golden = (name: string) => new URL(`../../../test/golden/cli/${name}.txt`, import.meta.url).pathname
const screen = (views: ClusterViews, columns = 0) =>
  renderCluster(clusterSchema.parse(clusterOf(judgeCluster(views, NOON))), { paint, columns })
const guestList = (views: ClusterViews) =>
  renderGuests([guestsSchema.parse(guestsOf(judgeCluster(views, NOON)))], paint)

/** Only pve3 answers, and it has no quorum. */
function alone(): ClusterViews {
  const { pve3 } = cutOffViews().views
  return { ...cutOffViews(), views: { pve3: pve3 as NodeView } }
}

/** Every view with other guests. */
function withGuests(change: (row: GuestRow) => GuestRow): ClusterViews {
  const views = healthyViews()
  const changed = Object.entries(views.views).map(([name, view]): [string, NodeView] => {
    const { at, value } = view.resources!
    return [name, { ...view, resources: { at, value: { ...value, guests: value.guests.map(change) } } }]
  })
  return { ...views, views: Object.fromEntries(changed) }
}

const troubled = () =>
  withGuests((row) => {
    if (row.vmid === 101) return { ...row, status: 'stopped', tags: ['db', 'no-alert'] }
    return row.vmid === 102 ? { ...row, lock: 'snapshot-delete' } : row
  })

describe('a cluster on one screen', () => {
  it.each([
    ['cluster-healthy', () => screen(healthyViews())],
    ['cluster-node-down', () => screen(nodeDownViews())],
    ['cluster-cut-off', () => screen(cutOffViews())],
    ['cluster-no-quorum-narrow', () => screen(alone(), 80)],
    ['cluster-first-seconds', () => screen({ cluster: 'home', views: {}, unreached: {} })],
    ['guests', () => guestList(troubled())],
    ['guests-no-quorum', () => guestList(alone())],
  ])('%s', async (name, text) => {
    await expect(`${text()}\n`).toMatchFileSnapshot(golden(name))
  })

  it('says in words how far quorum is', () => {
    const quorum = {
      ...{ quorate: true, votesPresent: 2, votesNeeded: 2, votesExpected: 3, survivesFailures: 0 },
      ...{ qdevice: 'none' as const, qdeviceVotes: 0 },
    }
    const { nodes } = clusterSchema.parse(clusterOf(judgeCluster(nodeDownViews(), NOON)))
    const two = nodes.map((node) => (node.name === 'pve3' ? node : { ...node, losingCostsQuorum: true }))
    expect(quorumWords(quorum, { nodes: two }, paint)).toBe(
      '2 of 3 votes, 2 needed; survives NO more failure; losing pve1 or pve2 costs quorum: YES',
    )
  })

  it('takes nothing that it is told as a command to the terminal', () => {
    const views = withGuests((row) => ({ ...row, name: 'x\u001b[2J\u202ey\nz', lock: '\u0007', tags: ['\u001b]0;a'] }))
    const odd = { ...views, ownName: '\u001b[31mlab' }
    const texts = [screen(odd), guestList(odd)]
    for (const text of texts) expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(texts[1]).toContain('x [2J y z')
  })
})
