import type { World } from '../../src/lab/world/index.ts'
import type { ToldThen } from './watch.ts'

/** What was told, with the world's own switchings between: for people who look at a failure. */
export function storyOf(world: World, told: readonly ToldThen[], lines: number): string {
  const words = told.map(({ trueMs, code, sentence }) => ({ atMs: trueMs, text: `${code}: ${sentence}` }))
  const switched = world.switchings.map(({ atMs, strip, outlet, on, by }) => {
    return { atMs, text: `   (${strip}/${outlet} ${on ? 'ON' : 'OFF'} by ${by})` }
  })
  return [...words, ...switched]
    .sort((a, b) => a.atMs - b.atMs)
    .slice(-lines)
    .map(({ atMs, text }) => `${(atMs / 1000).toFixed(1).padStart(9)} s  ${text}`)
    .join('\n')
}
