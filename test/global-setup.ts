import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { startPostgres } from '../fixtures/servers/postgres.js'
import { type Radosgw, radosgwInstalled, startRadosgw } from '../fixtures/servers/radosgw.js'
import { install } from '../packaging/installed.js'

export interface ProvidedRadosgw {
  readonly endpoint: string
  readonly region: string
  readonly accessKey: string
  readonly secretKey: string
  /** A second user, to whom only a bucket policy gives rights. */
  readonly stranger: { readonly name: string; readonly accessKey: string; readonly secretKey: string }
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** The command as a user has it, in few files: it starts in half the time of `bin/run.js` here. */
    bin: string
    /** Superuser's URL of the one PostgreSQL of this run. Make a database of your own: test/support/postgres.ts. */
    postgresUrl: string
    /** A real S3 server, where its programs are installed. Make a bucket of your own; ask with `serverOrSkip`. */
    radosgw: ProvidedRadosgw | null
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Before the workers are forked: several lines on Node 20 each time the SDK is loaded.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
  const home = mkdtempSync(path.join(tmpdir(), 'postflight-installed-'))
  chmodSync(home, 0o755)
  const [bin, postgres, radosgw] = await Promise.allSettled([install(home), startPostgres(), radosgwIfThere()])
  const stop = async (): Promise<void> => {
    rmSync(home, { recursive: true, force: true })
    if (postgres.status === 'fulfilled') await postgres.value.stop()
    if (radosgw.status === 'fulfilled') await radosgw.value?.stop()
  }
  if (bin.status === 'rejected' || postgres.status === 'rejected' || radosgw.status === 'rejected') {
    await stop()
    throw [bin, postgres, radosgw].find((one) => one.status === 'rejected')?.reason
  }
  project.provide('bin', bin.value)
  project.provide('postgresUrl', postgres.value.url)
  project.provide('radosgw', radosgw.value ? described(radosgw.value) : null)
  return stop
}

async function radosgwIfThere(): Promise<Radosgw | undefined> {
  if (!radosgwInstalled()) return undefined
  try {
    return await startRadosgw()
  } catch (error) {
    if (process.env['POSTFLIGHT_REQUIRE_SERVERS'] === '1') throw error
    console.warn(`radosgw is installed but does not start, its tests are skipped: ${error}`)
    return undefined
  }
}

function described({ endpoint, region, accessKey, secretKey, stranger }: Radosgw): ProvidedRadosgw {
  return { endpoint, region, accessKey, secretKey, stranger }
}
