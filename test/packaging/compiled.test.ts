// What was compiled when the package was installed is what runs, where it is still of the code beside it, and is never needed.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, inject, it } from 'vitest'

const run = promisify(execFile)
const INSTALLED = path.dirname(path.dirname(inject('bin')))

let home: string
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'postflight-compiled-'))
  cpSync(INSTALLED, home, { recursive: true, preserveTimestamps: true })
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

/** What `kinds` says of one that is not there. */
async function said(node: readonly string[] = []): Promise<string> {
  const args = [...node, path.join(home, 'bin/run.js'), 'kinds', 'nope']
  const { stderr, code } = await run(process.execPath, args, { env: { PATH: process.env['PATH'] } }).then(
    () => ({ stderr: '', code: 0 }),
    (error: { stderr: string; code: number }) => error,
  )
  expect(code).toBe(2)
  return stderr
}

const compile = () => run(process.execPath, [path.join(home, 'bin/compile.js')])
const command = () => path.join(home, 'dist/commands/kinds.js')
const compiled = () => path.join(home, 'compiled', readdirSync(path.join(home, 'compiled'))[0] ?? '')

/** As long as it was, or V8 itself would refuse what was compiled. */
function mend(changed: Date): void {
  const code = readFileSync(command(), 'utf8')
  expect(code).toContain('`kinds: ')
  writeFileSync(command(), code.replace('`kinds: ', '`sorts: '))
  utimesSync(command(), changed, changed)
}

it('runs', async () => {
  mend(new Date(0))
  expect(await said()).toContain('kinds: ')
})

it('does not run once the code has been mended', async () => {
  mend(new Date(Date.now() + 1000))
  expect(await said()).toContain('sorts: ')
})

it.each([
  ['is not there', () => rmSync(path.join(home, 'compiled'), { recursive: true })],
  ['is empty', () => writeFileSync(path.join(compiled(), 'commands/kinds.js.v8'), '')],
  ['is not of V8', () => writeFileSync(path.join(compiled(), 'commands/kinds.js.v8'), Buffer.alloc(4096, 7))],
  [
    'is cut short',
    () => {
      const file = path.join(compiled(), 'commands/kinds.js.v8')
      writeFileSync(file, readFileSync(file).subarray(0, 500))
    },
  ],
])('is not missed where it %s', async (_, spoil) => {
  mend(new Date(0))
  spoil()
  expect(await said()).toContain('sorts: ')
})

it('does not run with flags of V8 it was not compiled for', async () => {
  mend(new Date(0))
  expect(await said(['--no-opt'])).toContain('sorts: ')
})

it('leaves places in a stack to Node, where those are asked for', async () => {
  mend(new Date(0))
  expect(await said(['--enable-source-maps'])).toContain('sorts: ')
})

it('is made anew when the package is installed again, and nothing else is left', async () => {
  mend(new Date(0))
  const before = compiled()
  await compile()
  expect(await said()).toContain('sorts: ')
  expect(readdirSync(path.join(home, 'compiled'))).toEqual([path.basename(before)])
})

it('is told in one line where it cannot be written, and installing goes on', async () => {
  rmSync(path.join(home, 'compiled'), { recursive: true })
  writeFileSync(path.join(home, 'compiled'), '')
  const { stderr } = await compile()
  expect(stderr).toMatch(/^postflight is installed, but will start more slowly: .*ENOTDIR.*\n$/)
  expect(await said()).toContain('kinds: ')
})

it('is not made in a checkout, whose code runs as TypeScript made it', async () => {
  rmSync(path.join(home, 'dist/chunks/compile.js'))
  rmSync(path.join(home, 'compiled'), { recursive: true })
  await compile()
  expect(existsSync(path.join(home, 'compiled'))).toBe(false)
})
