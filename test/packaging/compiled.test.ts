// What was compiled when the package was installed is what runs, where it is still of the code beside it, and is never needed.
import { execFile } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
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
async function said({ node = [], program = process.execPath }: { node?: string[]; program?: string } = {}) {
  const args = [...node, path.join(home, 'bin/run.js'), 'kinds', 'nope']
  const { stderr, code } = await run(program, args, { env: { PATH: process.env['PATH'] } }).then(
    () => ({ stderr: '', code: 0 }),
    (error: { stderr: string; code: number }) => error,
  )
  expect(code, stderr).toBe(2)
  return stderr
}

const compile = () => run(process.execPath, [path.join(home, 'bin/compile.js')])
const command = () => path.join(home, 'dist/commands/kinds.js')
const places = () => readdirSync(path.join(home, 'compiled'))
const compiled = () => path.join(home, 'compiled', places()[0] ?? '', 'commands/kinds.js.v8')

/** As long as it was, which is all of it that V8 looks at. */
function mend(): void {
  const code = readFileSync(command(), 'utf8')
  expect(code).toContain('`kinds: ')
  writeFileSync(command(), code.replace('`kinds: ', '`sorts: '))
}

/** Compiled is what says `sorts`, of code that says `kinds`: so it is seen which of them runs. */
async function forge(): Promise<void> {
  const code = readFileSync(command())
  mend()
  await compile()
  writeFileSync(command(), code)
  const forged = readFileSync(compiled())
  forged.writeUInt32LE(crc32(code))
  writeFileSync(compiled(), forged)
}

it('runs', async () => {
  await forge()
  expect(await said()).toContain('sorts: ')
})

it('does not run once the code has been mended', async () => {
  mend()
  expect(await said()).toContain('sorts: ')
})

it.each<[string, (whole: Buffer) => Buffer]>([
  ['is empty', () => Buffer.of()],
  ['is cut short', (whole) => whole.subarray(0, 500)],
  [
    'has one bit turned',
    (whole) => {
      const at = whole.length >> 1
      whole[at] = (whole[at] ?? 0) ^ 1
      return whole
    },
  ],
  ['is of other code', (whole) => Buffer.concat([Buffer.alloc(4), whole.subarray(4)])],
])('is not missed where it %s', async (_, spoiled) => {
  await forge()
  writeFileSync(compiled(), spoiled(readFileSync(compiled())))
  expect(await said()).toContain('kinds: ')
})

it('is not missed where nothing is', async () => {
  rmSync(path.join(home, 'compiled'), { recursive: true })
  expect(await said()).toContain('kinds: ')
})

it.each([
  ['with flags of V8 it was not compiled for', '--no-opt'],
  ['where places in the sources are asked for, which Node alone can tell', '--enable-source-maps'],
])('does not run %s', async (_, flag) => {
  await forge()
  expect(await said({ node: [flag] })).toContain('kinds: ')
})

it('does not run in another program, though it call itself the same version of Node', async () => {
  await forge()
  const program = path.join(home, 'node')
  copyFileSync(process.execPath, program)
  expect(await said({ program })).toContain('kinds: ')
})

it('is not missed where the program that runs is no longer there', async () => {
  const program = path.join(home, 'node')
  copyFileSync(process.execPath, program)
  const remove = path.join(home, 'remove.cjs')
  writeFileSync(remove, `require('node:fs').rmSync(process.execPath)`)
  expect(await said({ program, node: ['-r', remove] })).toContain('kinds: ')
})

it('is made anew when the package is installed again, by several at once as well, and nothing else is left', async () => {
  mend()
  const before = places()
  const made = readFileSync(compiled())
  for (const { stderr } of await Promise.all([1, 2, 3].map(compile))) expect(stderr).toBe('')
  expect(readFileSync(compiled()).equals(made)).toBe(false)
  expect(places()).toEqual(before)
})

it('is told in one line where it cannot be written, and installing goes on', async () => {
  rmSync(path.join(home, 'compiled'), { recursive: true })
  writeFileSync(path.join(home, 'compiled'), '')
  const { stderr } = await compile()
  expect(stderr).toMatch(/^postflight is installed, but will start more slowly: .*compiled'?\)\n$/)
  expect(await said()).toContain('kinds: ')
})

it('is not made in a checkout, whose code runs as TypeScript made it', async () => {
  rmSync(path.join(home, 'dist/chunks/compile.js'))
  rmSync(path.join(home, 'compiled'), { recursive: true })
  await compile()
  expect(existsSync(path.join(home, 'compiled'))).toBe(false)
})
