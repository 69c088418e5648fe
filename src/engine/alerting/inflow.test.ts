import { describe, expect, it } from 'vitest'
import { Inflow } from './inflow.ts'

describe('the inflow', () => {
  it('is a storm where much comes at once, until a while after it', () => {
    const inflow = new Inflow()
    for (let count = 0; count < 19; count += 1) inflow.note(1_000 + count)
    expect(inflow.isStorm(1_050)).toBe(false)
    inflow.note(1_060)
    expect(inflow.isStorm(1_060)).toBe(true)
    expect(inflow.isStorm(1_150)).toBe(true)
    expect(inflow.isStorm(1_400)).toBe(false)
  })

  it('is none where it comes one by one', () => {
    const inflow = new Inflow()
    for (let ms = 0; ms < 10_000; ms += 10) {
      inflow.note(ms)
      expect(inflow.isStorm(ms)).toBe(false)
    }
  })
})
