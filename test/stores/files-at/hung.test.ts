/** A program at the vantage that never ends: what is asked of it ends when its time is over, and so does the program. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createReader, type Read } from '../../../src/kinds/artifacts/reader.js'
import { CheckError } from '../../../src/lib/errors.js'
import { keyFromText } from '../../../src/lib/key.js'
import { createLocalVantage } from '../../../src/vantage/local.js'
import { storeAt } from './bed.js'

let directory: string
let root: string
/** No other process sleeps as long. */
let seconds: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'files-hung-'))
  root = join(directory, 'root')
  mkdirSync(root)
  for (const name of ['a', 'b']) writeFileSync(join(root, name), name)
  seconds = `8640${Math.floor(Math.random() * 1e6)}`
  const program = join(directory, 'bin/sha256sum')
  mkdirSync(join(directory, 'bin'))
  writeFileSync(program, `#!/bin/sh\nexec sleep ${seconds}\n`)
  chmodSync(program, 0o755)
})
afterEach(() => rmSync(directory, { recursive: true }))

const running = (): number =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(seconds)
    } catch {
      return false // it has ended
    }
  }).length

const storeThere = () =>
  storeAt(
    createLocalVantage({ env: { ...process.env, PATH: `${directory}/bin:${process.env['PATH']}` } }),
    root,
    directory,
  )
const WANTED = ['a', 'b'].map((name) => ({ key: keyFromText(name), algorithms: ['sha256'] as const, size: 1 }))

it('ends with the reason of the signal, and leaves nothing running', async () => {
  const timeout = new AbortController()
  const { signal } = timeout
  const reading = createReader({ store: storeThere(), signal, stop: signal, take: () => undefined })
  for (const one of WANTED) await reading.add(one)
  const finished = reading.finish()
  finished.catch(() => undefined)
  await vi.waitFor(() => expect(running()).toBeGreaterThan(0), { timeout: 10_000 })
  timeout.abort(new CheckError('not done within 30 s'))
  await expect(finished).rejects.toThrow('not done within 30 s')
  await vi.waitFor(() => expect(running()).toBe(0), { timeout: 10_000 })
}, 30_000)

it('is not reached, and no error, where only the time for verifying is over', async () => {
  const { signal } = new AbortController()
  const over = new AbortController()
  const reads: Read[] = []
  const take = (_: unknown, read: Read) => void reads.push(read)
  const reading = createReader({ store: storeThere(), signal, stop: over.signal, take })
  for (const one of WANTED) await reading.add(one)
  const finished = reading.finish()
  await vi.waitFor(() => expect(running()).toBeGreaterThan(0), { timeout: 10_000 })
  over.abort(new Error('the time is over'))
  await finished
  expect(reads).toEqual([undefined, undefined])
  await vi.waitFor(() => expect(running()).toBe(0), { timeout: 10_000 })
}, 30_000)
