/** Opens a recorded run, asks its book, and prints what each took; a process of its own, for its memory is measured. */
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Query } from '../src/tui/findings/book.js'
import { openRecorded } from '../src/tui/findings/recorded.js'

export interface Step {
  readonly what: string
  /** Seconds. */
  readonly wall: number
  readonly cpu: number
  /** MiB, the most since the process began. */
  readonly peak: number
  /** What came of it: how many. */
  readonly count: number
  /** Milliseconds for which nothing else had its turn. */
  readonly longest: number
}

const [path = ''] = process.argv.slice(2)
const signal = new AbortController().signal

async function measured(what: string, work: () => Promise<number>): Promise<void> {
  let longest = 0
  let last = performance.now()
  let turn: NodeJS.Immediate | undefined
  const look = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    turn = setImmediate(look)
  }
  look()
  const begun = performance.now()
  const before = process.cpuUsage()
  const count = await work()
  const wall = (performance.now() - begun) / 1000
  const { user, system } = process.cpuUsage(before)
  clearImmediate(turn)
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024
  const step: Step = { what, wall, cpu: (user + system) / 1e6, peak, count, longest }
  process.stdout.write(`${JSON.stringify(step)}\n`)
}

let opened: Awaited<ReturnType<typeof openRecorded>> | undefined
await measured('open', async () => {
  opened = await openRecorded(path, { signal, scratch: dirname(path) })
  return opened.told.length
})
if (opened === undefined) throw new Error('it was not opened')
const { book } = opened
const check = 'uploads-on-disk'
const all: Query = { check, sort: 'found' }
const find = async (query: Partial<Query>) => (await book.find({ ...all, ...query }, { signal })).length
const group = async (query: Partial<Query>) => (await book.group({ ...all, ...query }, { signal })).length

await measured('find, a class', () => find({ finding: 'orphaned' }))
await measured('find, below a directory', () => find({ prefix: 'originals/2019/' }))
await measured('find, a text few hold', () => find({ text: '-77777' }))
await measured('find, a text most hold', () => find({ text: 'shop.example' }))
await measured('group, below a directory', () => group({ prefix: 'originals/2019/' }))
await measured('group, from the top', () => group({ prefix: 'originals/' }))
await measured('sort by class', () => find({ sort: 'class' }))
await measured('sort by size', () => find({ sort: 'size' }))
await measured('sort by key', () => find({ sort: 'key' }))
await book.close()
