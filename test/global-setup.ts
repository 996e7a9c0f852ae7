import type { TestProject } from 'vitest/node'
import { startPostgres } from '../fixtures/servers/postgres.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Superuser's URL of the one PostgreSQL of this run. Make a database of your own: test/support/postgres.ts. */
    postgresUrl: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Before the workers are forked: several lines on Node 20 each time the SDK is loaded.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
  const postgres = await startPostgres()
  project.provide('postgresUrl', postgres.url)
  return () => postgres.stop()
}
