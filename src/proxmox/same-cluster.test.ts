import { expect, test } from 'vitest'
import type { ClusterStatus } from '../core/cluster/types.ts'
import { strangers, type Told } from './same-cluster.ts'

function cluster(name: string | undefined, net: string, nodes: readonly string[], local: string): ClusterStatus {
  return {
    ...(name === undefined ? {} : { name }),
    quorate: true,
    members: nodes.map((node, i) => ({
      name: node,
      nodeId: i + 1,
      ip: `${net}.${i + 1}`,
      online: true,
      local: node === local,
    })),
  }
}

const LAB = ['pve1', 'pve2', 'pve3']
const lab = (local: string): Told => ({ endpoint: `https://${local}`, status: cluster('lab', '10.0.0', LAB, local) })

test('one cluster: nobody is strange', () => {
  expect(strangers(LAB.map(lab)).size).toBe(0)
  expect(strangers([]).size).toBe(0)
})

test('the one of another cluster is, wherever it stands in the list', () => {
  const other: Told = { endpoint: 'https://other', status: cluster('prod', '10.1.0', ['a', 'b'], 'a') }
  for (const told of [
    [other, lab('pve1'), lab('pve2')],
    [lab('pve1'), lab('pve2'), other],
  ]) {
    expect([...strangers(told)]).toEqual([
      [
        'https://other',
        "https://other is of the cluster 'prod', but https://pve1 and https://pve2 are of 'lab': its data is left out. " +
          'Endpoints of one cluster belong together.',
      ],
    ])
  }
})

test('two that differ: the one that is configured first is believed', () => {
  const other: Told = { endpoint: 'https://other', status: cluster('prod', '10.1.0', ['a', 'b'], 'a') }
  expect([...strangers([lab('pve1'), other]).keys()]).toEqual(['https://other'])
  expect([...strangers([other, lab('pve1')]).keys()]).toEqual(['https://pve1'])
})

test('another cluster of the same name, even with nodes of the same names', () => {
  const twin: Told = { endpoint: 'https://twin', status: cluster('lab', '10.9.0', LAB, 'pve1') }
  const [sentence] = strangers([lab('pve1'), lab('pve2'), twin]).values()
  expect(sentence).toMatch(/has the same name and other members/)
})

test('a node that is in no cluster', () => {
  const alone: Told = { endpoint: 'https://alone', status: cluster(undefined, '10.0.0', ['pve9'], 'pve9') }
  expect(strangers([lab('pve1'), alone]).get('https://alone')).toMatch(/a node that is in no cluster/)
  expect(strangers([alone]).size).toBe(0)
})

test('a member that joined since is no stranger, and neither is one whose address changed alone', () => {
  const grown: Told = { endpoint: 'https://pve4', status: cluster('lab', '10.0.0', [...LAB, 'pve4'], 'pve4') }
  expect(strangers([lab('pve1'), grown]).size).toBe(0)
})

test('an endpoint that is another node than the configuration says', () => {
  const told = [{ ...lab('pve2'), configuredNode: 'pve1' }, lab('pve3')]
  expect([...strangers(told)]).toEqual([
    ['https://pve2', 'https://pve2 is pve2 and not pve1, as the configuration says: its data is left out.'],
  ])
})
