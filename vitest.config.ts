import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Tests of whole processes mostly wait, and the longest of them for minutes: they begin first, beside what computes. */
class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return [...sorted.filter(waits), ...sorted.filter((file) => !waits(file))]
  }
}

function waits({ moduleId }: TestSpecification): boolean {
  return moduleId.includes('/test/e2e/') || moduleId.includes('/test/peers/')
}

/** Pure: nothing in them outlives a file, so that one process may run them all. */
const PURE = ['src/core/**/*.test.ts', 'src/config/**/*.test.ts']

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { sequencer: WaitingFirst },
    // One or two more than the cores of a small machine keeps those busy while others wait.
    maxWorkers: 4,
    coverage: { provider: 'v8', include: ['src/**'] },
    projects: [
      {
        extends: true,
        test: { name: 'whole', include: ['src/**/*.test.ts', 'test/**/*.test.ts'], exclude: PURE },
      },
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
    ],
  },
})
