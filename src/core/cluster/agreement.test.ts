import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VIEW_FRESH_MS } from '../recovery/guards/cluster.ts'
import { agree } from './agreement.ts'
import { VIEW_LIMIT_MS } from './freshness.ts'
import { lab, NOW, type NodeSpec } from './testing/lab.ts'

const names = ['pve1', 'pve2', 'pve3', 'pve4', 'pve5']
const sentences = (specs: Readonly<Record<string, NodeSpec>>, nodes?: readonly string[]) =>
  agree(lab({ specs, ...(nodes === undefined ? {} : { nodes }) }), NOW).differences.map(({ sentence }) => sentence)

describe('the believed view', () => {
  it('is the freshest that has quorum', () => {
    const specs = { pve1: { ageS: 9 }, pve2: { ageS: 3 }, pve3: { ageS: 1, quorate: false } }
    expect(agree(lab({ specs }), NOW).believed).toBe('pve2')
  })

  it('is none where all are old, or none has quorum', () => {
    expect(
      agree(lab({ specs: { pve1: { ageS: 61 }, pve2: { ageS: 70 }, pve3: { silent: true } } }), NOW).believed,
    ).toBeUndefined()
    const alone = Object.fromEntries(names.slice(0, 3).map((node) => [node, { sees: [node] }]))
    expect(agree(lab({ specs: alone }), NOW)).toMatchObject({ believed: undefined, splitBrain: undefined })
  })

  it('says what each view is worth', () => {
    const { views } = agree(lab({ specs: { pve2: { sees: ['pve2'] }, pve3: { ageS: 90 } } }), NOW)
    expect(views.pve1).toMatchObject({ standing: 'fresh', quorate: true, ageMs: 5000 })
    expect(views.pve2).toMatchObject({ standing: 'no-quorum', sees: ['pve2'] })
    expect(views.pve3).toMatchObject({ standing: 'stale' })
  })

  it('is believed no longer than the guards do', () => {
    expect(VIEW_LIMIT_MS).toBeLessThanOrEqual(VIEW_FRESH_MS)
  })
})

describe('where views differ', () => {
  it('nothing is said while they agree', () => {
    expect(agree(lab(), NOW)).toMatchObject({ differences: [], doubt: undefined, splitBrain: undefined })
  })

  it('a node that is cut off is named, with who says what', () => {
    const specs = { pve1: { sees: ['pve1', 'pve2'] }, pve2: { sees: ['pve1', 'pve2'] }, pve3: { sees: ['pve3'] } }
    expect(sentences(specs)).toEqual([
      'pve1 and pve2 see pve1 as a member, pve3 does not.',
      'pve1 and pve2 see pve2 as a member, pve3 does not.',
      'pve3 sees pve3 as a member, pve1 and pve2 do not.',
      'pve1 and pve2 have quorum, pve3 has not.',
    ])
    // It decides nothing: the others agree on who is there.
    expect(agree(lab({ specs }), NOW).doubt).toBeUndefined()
  })

  it('a node without quorum that sees one that is gone puts that in doubt', () => {
    const most = { sees: ['pve1', 'pve2', 'pve3'] }
    const specs = { pve1: most, pve2: most, pve3: most, pve4: { silent: true }, pve5: { sees: ['pve4', 'pve5'] } }
    expect(agree(lab({ nodes: names, specs }), NOW).doubt).toBe(
      'pve5 sees pve4 as a member, pve1, pve2 and pve3 do not.',
    )
  })

  it('a partition in one direction is named', () => {
    const specs = { pve2: { sees: ['pve1', 'pve2'] } }
    expect(sentences(specs)).toEqual(['pve1 and pve3 see pve3 as a member, pve2 does not.'])
    expect(agree(lab({ specs }), NOW).doubt).toBe('pve1 and pve3 see pve3 as a member, pve2 does not.')
  })

  it('two parts with quorum that exclude each other are a split brain', () => {
    const specs = { pve1: { sees: ['pve1'], quorate: true }, pve2: { sees: ['pve2'], quorate: true } }
    const { splitBrain, doubt } = agree(lab({ nodes: ['pve1', 'pve2'], specs }), NOW)
    expect(splitBrain).toBe(
      'Two parts of the cluster both say that they have quorum and exclude each other: pve1 and pve2.',
    )
    expect(doubt).toBe(splitBrain)
  })

  it('versions of the configuration are compared', () => {
    expect(sentences({ pve2: { configVersion: 4 } })).toEqual([
      'corosync.conf differs: version 4 on pve2 and version 3 on pve1 and pve3.',
    ])
  })

  it('an old view is not compared', () => {
    expect(sentences({ pve3: { sees: ['pve3'], ageS: 120 } })).toEqual([])
  })
})

describe('for any views', () => {
  const spec = fc.record({
    sees: fc.subarray(names),
    quorate: fc.boolean(),
    ageS: fc.integer({ min: 0, max: 120 }),
    configVersion: fc.integer({ min: 3, max: 4 }),
    silent: fc.boolean(),
  })
  const specs = fc
    .tuple(spec, spec, spec, spec, spec)
    .map((all) => Object.fromEntries(names.map((name, i) => [name, all[i] as NodeSpec])))

  it('their order changes nothing', () => {
    fc.assert(
      fc.property(specs, (each) => {
        const views = lab({ nodes: names, specs: each })
        const turned = { ...views, views: Object.fromEntries(Object.entries(views.views).reverse()) }
        expect(agree(turned, NOW)).toEqual(agree(views, NOW))
      }),
    )
  })

  it('a node without quorum, or one that is old, is never believed', () => {
    fc.assert(
      fc.property(specs, (each) => {
        const { believed } = agree(lab({ nodes: names, specs: each }), NOW)
        if (believed === undefined) return
        expect(each[believed]).toMatchObject({ quorate: true, silent: false })
        expect(each[believed]?.ageS).toBeLessThanOrEqual(60)
      }),
    )
  })

  it('a node without quorum changes nothing of who is believed', () => {
    fc.assert(
      fc.property(specs, (each) => {
        const voters = Object.fromEntries(
          Object.entries(each).map(([name, one]) => [name, one.quorate ? one : { ...one, silent: true }]),
        )
        expect(agree(lab({ nodes: names, specs: each }), NOW).believed).toBe(
          agree(lab({ nodes: names, specs: voters }), NOW).believed,
        )
      }),
    )
  })
})
