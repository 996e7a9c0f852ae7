import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { UsageError } from '../../src/lib/errors.js'
import { acquireLock } from '../../src/lib/lock.js'
import { type Owner, thisProcess } from '../../src/lib/owner.js'
import { scratch } from '../engine/fake.js'

const waits: string[] = []
const options = (path: string, token = 'mine') => ({
  path,
  token,
  now: () => new Date(),
  onWait: (holder: string) => void waits.push(holder),
  inUse: (holder: string) => new UsageError(`in use by ${holder}`),
  pulseMs: 20,
  patienceMs: 500,
})

async function heldBy(holder: Partial<Owner>): Promise<string> {
  const path = join(scratch(), 'lock')
  await writeFile(path, JSON.stringify({ ...(await thisProcess(new Date())), token: 'theirs', ...holder }))
  return path
}

test('a second run of the same machine is refused at once, and told by whom', async () => {
  const path = join(scratch(), 'lock')
  const lock = await acquireLock(options(path))
  await expect(acquireLock(options(path, 'other'))).rejects.toThrow(`in use by process ${process.pid} on `)
  await lock.release()
  expect(await readdir(join(path, '..'))).toEqual([])
})

test('a lock whose owner is dead is taken over', async () => {
  const child = spawn('true')
  await once(child, 'exit')
  const path = await heldBy({ pid: child.pid ?? 0, start: '1' })
  const lock = await acquireLock(options(path))
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ token: 'mine' })
  await lock.release()
})

test('so is one whose number another process has by now', async () => {
  const lock = await acquireLock(options(await heldBy({ start: '1' })))
  await lock.release()
})

test('an owner elsewhere that shows no sign of life for a while is gone', async () => {
  const path = await heldBy({ where: 'elsewhere', host: 'pod-0' })
  const lock = await acquireLock(options(path))
  expect(waits.at(-1)).toContain('on pod-0')
  await lock.release()
})

test('one that does is not', async () => {
  const path = await heldBy({ where: 'elsewhere', host: 'pod-1' })
  let count = 0
  const pulse = setInterval(() => void utimes(path, new Date(), new Date(1e9 + count++ * 1000)), 20)
  onTestFinished(() => clearInterval(pulse))
  await expect(acquireLock(options(path))).rejects.toThrow('in use by')
})

test('an owner keeps its pulse, and knows when it was taken for dead', async () => {
  const path = join(scratch(), 'lock')
  const lock = await acquireLock(options(path))
  await expect(acquireLock({ ...options(path, 'other'), patienceMs: 1000 })).rejects.toThrow('in use')
  await writeFile(path, JSON.stringify({ token: 'another' }))
  await expect.poll(lock.isHeld, { timeout: 2000 }).toBe(false)
  await lock.release()
  expect(await readFile(path, 'utf8')).toContain('another')
})

test('a lock that says nothing is watched as well', async () => {
  const path = join(scratch(), 'lock')
  await writeFile(path, '')
  const lock = await acquireLock(options(path))
  await lock.release()
})

test.each([
  ['a file of somebody', 'version: 1\n'],
  ['a document', '{"name":"package"}'],
])('%s in its place is refused and left as it is', async (_, text) => {
  const path = join(scratch(), 'lock')
  await writeFile(path, text)
  await expect(acquireLock(options(path))).rejects.toThrow('is no lock of postflight')
  expect(await readFile(path, 'utf8')).toBe(text)
})

test('a directory in its place stays where it is', async () => {
  const path = scratch()
  await expect(acquireLock(options(path))).rejects.toThrow('EISDIR')
  expect(await readdir(path)).toEqual([])
})
