import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { brokenLinks } from '../../src/probes/tree.js'
import { createLocalVantage } from '../../src/vantage/local.js'
import type { Vantage } from '../../src/vantage/vantage.js'

const { signal } = new AbortController()
const here = createLocalVantage({ env: process.env })
const root = process.getuid?.() === 0
/** Somebody who may not go everywhere. */
const nobody: Vantage = {
  ...here,
  start: (argv, options) => here.start(argv, root ? { ...options, user: '65534' } : options),
}
let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'postflight-tree-'))
  chmodSync(directory, 0o755)
  for (const name of ['closed', 'links', 'gone']) mkdirSync(join(directory, name))
  writeFileSync(join(directory, 'closed', 'file'), '')
  symlinkSync('../closed/file', join(directory, 'links', 'private'))
  symlinkSync('../nothing', join(directory, 'gone', 'broken'))
  symlinkSync('circle', join(directory, 'gone', 'circle'))
  chmodSync(join(directory, 'closed'), root ? 0o700 : 0o000)
})
afterAll(() => {
  chmodSync(join(directory, 'closed'), 0o700)
  rmSync(directory, { recursive: true, force: true })
})

it('calls a link broken that leads nowhere, or to itself', async () => {
  expect(await brokenLinks(nobody, join(directory, 'gone'), { signal })).toEqual(['broken', 'circle'])
})

it('does not know of a link that leads where it may not go', async () => {
  expect(await brokenLinks(nobody, join(directory, 'links'), { signal })).toMatchObject({ code: 'EACCES' })
})
