import { defineConfig } from 'vitest/config'

/** They touch nothing that outlives a test, so that their files need no process of their own each. */
const PLAIN = ['lib', 'judge', 'spec', 'compare', 'reporters', 'engine', 'tui/views'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
)

const COMMON = { disableConsoleIntercept: true, testTimeout: 60_000, hookTimeout: 120_000, pool: 'forks' } as const

export default defineConfig({
  test: {
    // Here alone and not in what the projects share, where each would start servers of its own.
    globalSetup: ['test/global-setup.ts'],
    maxWorkers: 2,
    projects: [
      { test: { ...COMMON, name: 'plain', include: PLAIN, isolate: false } },
      { test: { ...COMMON, name: 'whole', include: ['test/**/*.test.ts'], exclude: PLAIN } },
    ],
  },
})
