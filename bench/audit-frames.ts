/**
 * `npm run bench:frames [FINDINGS]`: what it takes to open a recorded run of a million findings, to draw frames
 * while it is scrolled through at 200 × 50, at rest and while it is sorted, and how much memory. The promises: 99 of 100
 * frames under 50 ms, under 250 MB.
 */
import { EventEmitter } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { presentArtifact } from '../src/kinds/artifacts/present.js'
import type { Desk } from '../src/tui/desk.js'
import { openRecorded } from '../src/tui/findings/recorded.js'
import { writeRun } from './audit-run.js'

const COLUMNS = 200
const ROWS = 50
const FRAMES = 210
/** Longer than the pause between two frames, so that each key is a frame of its own. */
const PAUSE_MS = 80
const FINDINGS = Number(process.argv[2] ?? 1_000_000)

const directory = mkdtempSync(path.join(os.tmpdir(), 'postflight-frames-'))
process.once('exit', () => rmSync(directory, { recursive: true }))
const file = path.join(directory, 'run.ndjson')
await writeRun(file, FINDINGS)

const since = performance.now()
const { mount } = await mountOf()
const { told, book } = await openRecorded(file, { signal: new AbortController().signal, scratch: directory })
const written: string[] = []
const keys: string[] = []
const stdout = Object.assign(new EventEmitter(), {
  isTTY: true,
  columns: COLUMNS,
  rows: ROWS,
  write: (text: string, done?: () => void): boolean => {
    written.push(text)
    done?.()
    return true
  },
})
const idle = (): void => {}
const stdin = Object.assign(new EventEmitter(), {
  ...{ isTTY: true, setEncoding: idle, setRawMode: idle, ref: idle, unref: idle, read: () => keys.shift() ?? null },
})
const end = new AbortController()
const over = mount(deskOf(), {
  stdin: stdin as unknown as NodeJS.ReadStream,
  stdout: stdout as unknown as NodeJS.WriteStream,
  color: true,
  unicode: true,
  signal: end.signal,
})
while (!written.join('').includes('exit ')) await pause(5)
console.log(
  `first view of ${FINDINGS} findings: ${(performance.now() - since).toFixed(0)} ms, ${megabytes('VmHWM')} MB at most`,
)

press('3')
const looked = performance.now()
while (!written.join('').includes('1 of ')) await pause(5)
console.log(`its findings: ${(performance.now() - looked).toFixed(0)} ms`)

for (const [name, key] of [
  ['a line', 'j'],
  ['a page', '\x1b[6~'],
  ['half a page', '\x04'],
] as const) {
  const times: number[] = []
  let bytes = 0
  for (let frame = 0; frame < FRAMES / 3; frame++) {
    await pause(PAUSE_MS)
    written.length = 0
    const before = performance.now()
    press(key)
    times.push(performance.now() - before)
    bytes += written.join('').length
  }
  console.log(`${name}: ${spread(times)}, ${Math.round(bytes / times.length)} bytes a frame`)
}

// Each order of the list in turn. A frame takes from when its key is pressed, though nobody has the time to see to it yet.
for (const order of ['key', 'class', 'size']) {
  const times: number[] = []
  press('s')
  const began = performance.now()
  let due = began + PAUSE_MS
  for (; !isSorted() || times.length === 0; due = Math.max(due + PAUSE_MS, performance.now())) {
    await pause(due - performance.now())
    press('j')
    times.push(performance.now() - due)
  }
  console.log(`while sorted by ${order}: ${spread(times)}, ${times.length} frames in ${(due - began).toFixed(0)} ms`)
}
console.log(`memory: ${megabytes('VmHWM')} MB at most, ${megabytes('VmRSS')} MB now`)
end.abort()
await over
await book.close()

function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`
}

/** The last frame has no share of what is looked at. */
function isSorted(): boolean {
  return written.at(-1)?.includes('looking') === false
}

function press(key: string): void {
  keys.push(key)
  stdin.emit('readable')
}

function deskOf(): Desk {
  return {
    told,
    listen: () => () => {},
    book,
    present: (_, finding) => presentArtifact(finding),
    recording: 'run.ndjson',
    now: () => Date.now(),
    copy: () => '',
    edit: async () => {},
    export: async () => '',
  }
}

/** As the command loads it: React's development build keeps a measurement of every drawing. */
async function mountOf(): Promise<typeof import('../src/tui/mount.js')> {
  process.env['NODE_ENV'] = 'production'
  delete process.env['CI']
  return import('../src/tui/mount.js')
}

function megabytes(field: 'VmHWM' | 'VmRSS'): string {
  const kilobytes = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  return (Number(kilobytes) / 1024).toFixed(0)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
