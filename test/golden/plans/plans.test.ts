import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseSituation } from '../../../src/api/situation.ts'
import { renderPlan } from '../../../src/cli/render/plan.ts'
import { painter } from '../../../src/cli/text/paint.ts'
import { planSituation } from '../../../src/core/plan/plan.ts'
import { situationOf } from '../../../src/core/plan/situation.ts'
import { NOON, SITUATIONS } from './situations.ts'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const update = process.env.UPDATE_GOLDEN === '1'

/** Golden text is in UTC wherever it is read. */
process.env.TZ = 'UTC'

describe('plans', () => {
  for (const [name, state] of Object.entries(SITUATIONS)) {
    const file = here(`./${name}.json`)
    const expected = here(`./${name}.txt`)

    it(`${name}: the file holds the situation, and the plan for it is as written down`, () => {
      const json = `${JSON.stringify(situationOf(state, NOON), null, 1)}\n`
      if (update) writeFileSync(file, json)
      expect(existsSync(file), `${file} is missing: UPDATE_GOLDEN=1`).toBe(true)
      expect(readFileSync(file, 'utf8')).toBe(json)
      const parsed = parseSituation(JSON.parse(readFileSync(file, 'utf8')))
      if (!parsed.ok) throw new TypeError(parsed.sentences.join('; '))
      const text = `${renderPlan(planSituation(parsed.situation), { paint: painter(false), columns: 110 })}\n`
      if (update) writeFileSync(expected, text)
      expect(text).toBe(readFileSync(expected, 'utf8'))
    })
  }

  it('has no file that belongs to no situation', () => {
    const names = readdirSync(here('.'))
      .filter((file) => /\.(json|txt)$/.test(file))
      .map((file) => file.replace(/\.\w+$/, ''))
    expect(new Set(names)).toEqual(new Set(Object.keys(SITUATIONS)))
  })

  it('refuses what is no situation, with the place', () => {
    expect(parseSituation({ format: 'something else' })).toMatchObject({ ok: false })
    const damaged = { ...situationOf(SITUATIONS['dead-host'] as never, NOON), state: { policy: {} } }
    const parsed = parseSituation(JSON.parse(JSON.stringify(damaged)))
    expect(parsed.ok ? [] : parsed.sentences.join('\n')).toContain('state.policy.mode')
  })

  it('changes nothing: the same situation gives the same plan again', () => {
    const situation = situationOf(SITUATIONS['dead-host'] as never, NOON)
    expect(planSituation(situation)).toEqual(planSituation(situation))
  })
})
