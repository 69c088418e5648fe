import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests of whole processes mostly wait: one more than the cores of a small machine keeps those busy.
    maxWorkers: 3,
    coverage: { provider: 'v8', include: ['src/**'] },
  },
})
