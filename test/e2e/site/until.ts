import { setTimeout } from 'node:timers/promises'

const LOOK_EVERY_MS = 20

/** Resolves true as soon as it is so, false when `withinMs` have passed first. */
export async function until(isSo: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  const endsMs = performance.now() + withinMs
  while (!(await isSo())) {
    if (performance.now() > endsMs) return false
    await setTimeout(LOOK_EVERY_MS)
  }
  return true
}
