import { describe, expect, it } from 'vitest'
import { nearest } from './nearest.ts'

describe('nearest', () => {
  it.each([
    ['intervall', ['interval', 'failureThreshold'], 'interval'],
    ['failure_threshold', ['interval', 'failureThreshold'], 'failureThreshold'],
    ['offhold', ['offHold', 'bootGrace'], 'offHold'],
    ['maxCycles', ['maxCyclesPerOutage', 'maxCyclesPerDay'], 'maxCyclesPerOutage'],
    ['hots', ['http', 'hosts', 'log'], 'hosts'],
    ['kassa', ['kasa', 'fence'], 'kasa'],
    ['htps', ['http', 'https', 'tcp'], 'https'],
  ])('finds what %s was meant to be', (word, candidates, meant) => expect(nearest(word, candidates)).toBe(meant))

  it.each([
    ['shelly', ['kasa', 'fence', 'command']],
    ['x', ['y', 'z']],
    ['', ['interval']],
    ['colour', []],
    ['a'.repeat(10_000), ['a'.repeat(9_999)]],
  ])('leaves %.10s alone', (word, candidates) => expect(nearest(word, candidates)).toBeUndefined())
})
