import { defineConfig } from 'vitest/config'

/** They touch nothing that outlives a test, so that their files need no process of their own each. */
const PLAIN = ['lib', 'judge', 'spec', 'compare', 'reporters', 'engine', 'tui/views'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
)

export default defineConfig({
  test: {
    globalSetup: ['test/global-setup.ts'],
    disableConsoleIntercept: true,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'plain', include: PLAIN, isolate: false } },
      { extends: true, test: { name: 'whole', include: ['test/**/*.test.ts'], exclude: PLAIN } },
    ],
  },
})
