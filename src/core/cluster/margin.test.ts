import { describe, expect, it } from 'vitest'
import { quorumMargin } from './margin.ts'
import type { ClusterStatus, QDevice } from './types.ts'

function cluster(online: readonly boolean[], quorate = true): ClusterStatus {
  const members = online.map((is, index) => ({
    name: `pve${index + 1}`,
    nodeId: index + 1,
    online: is,
    local: index === 0,
  }))
  return { name: 'lab', quorate, members }
}

const qdevice = (state: QDevice['state'], algorithm = 'ffsplit'): QDevice => ({ state, algorithm, words: '' })
const three = [true, true, true]

describe('the quorum margin', () => {
  it.each([
    ['one node', [true], undefined, [1, 1, 1, 0]],
    ['two nodes', [true, true], undefined, [2, 2, 2, 0]],
    ['three nodes', three, undefined, [3, 2, 3, 1]],
    ['three nodes, one away', [true, true, false], undefined, [3, 2, 2, 0]],
    ['four nodes', [true, true, true, true], undefined, [4, 3, 4, 1]],
    ['five nodes', [true, true, true, true, true], undefined, [5, 3, 5, 2]],
    ['two nodes and a QDevice', [true, true], qdevice('connected'), [3, 2, 3, 1]],
    ['two nodes and a QDevice that is lost', [true, true], qdevice('failed'), [3, 2, 2, 0]],
    ['one node of two and a QDevice', [true, false], qdevice('connected'), [3, 2, 2, 0]],
    ['three nodes and an LMS QDevice', three, qdevice('connected', 'LMS'), [5, 3, 5, 2]],
    ['three nodes and an LMS QDevice that is lost', three, qdevice('failed', 'LMS'), [5, 3, 3, 0]],
  ])('%s', (_, online, device, [expected, needed, present, survives]) => {
    expect(quorumMargin(cluster(online), undefined, device)).toMatchObject({
      expectedVotes: expected,
      neededVotes: needed,
      presentVotes: present,
      survivesFailures: survives,
    })
  })

  it('counts votes as they are configured, the heaviest node failing first', () => {
    const votes = [
      { node: 'pve1', nodeId: 1, votes: 2 },
      { node: 'pve2', nodeId: 2, votes: 1 },
      { node: 'pve3', nodeId: 3, votes: 1 },
      { node: 'pve4', nodeId: 4, votes: 1 },
    ]
    const margin = quorumMargin(cluster([true, true, true, true]), votes, undefined)
    expect(margin).toMatchObject({ expectedVotes: 5, neededVotes: 3, survivesFailures: 1 })
    const without = quorumMargin(cluster([true, true, false, true]), votes, undefined)
    expect(without.losingCosts).toEqual({ pve1: true, pve2: false, pve4: false })
    expect(without.missingVotes).toBe(1)
  })

  it('counts a node of the configuration that the view does not list as away', () => {
    const votes = ['pve1', 'pve2', 'pve3', 'pve4'].map((node, index) => ({ node, nodeId: index + 1, votes: 1 }))
    expect(quorumMargin(cluster(three), votes, undefined)).toMatchObject({ expectedVotes: 4, presentVotes: 3 })
  })

  it('says of each node whether its loss costs quorum', () => {
    expect(quorumMargin(cluster(three), undefined, undefined).losingCosts).toEqual({
      pve1: false,
      pve2: false,
      pve3: false,
    })
    expect(quorumMargin(cluster([true, true, false]), undefined, undefined).losingCosts).toEqual({
      pve1: true,
      pve2: true,
    })
  })
})
