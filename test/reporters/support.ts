import { readFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import type { RunEvent } from '../../src/engine/events.js'
import type { Reporter, ReporterOptions } from '../../src/reporters/reporter.js'
import type { Timer } from '../../src/reporters/timer.js'

export const RUNS = ['all-passed', 'mixed', 'empty', 'interrupted', 'broken-off', 'measured'] as const

export function recorded(name: string): RunEvent[] {
  const path = new URL(`../../fixtures/reporters/${name}.ndjson`, import.meta.url)
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent)
}

export interface Sink extends Writable {
  text: string
}

export function sink(): Sink {
  const out = new Writable({
    write(chunk, _encoding, done) {
      ;(out as Sink).text += String(chunk)
      done()
    },
  }) as Sink
  out.text = ''
  return out
}

export const PLAIN: Omit<ReporterOptions, 'out'> = { width: 80, color: false, unicode: true, quiet: false }

/** Feeds a recorded run to a reporter and returns all it wrote. */
export async function render(
  events: readonly RunEvent[],
  create: (options: ReporterOptions) => Reporter,
  options: Partial<Omit<ReporterOptions, 'out'>> = {},
): Promise<string> {
  const out = sink()
  const reporter = create({ ...PLAIN, ...options, out })
  for (const event of events) await reporter.onEvent(event)
  await reporter.close()
  return out.text
}

export interface HeldTimer extends Timer {
  /** Lets time pass, calling what is due. */
  readonly pass: (ms: number) => void
  readonly running: () => number
}

export function heldTimer(start = Date.parse('2026-11-23T15:00:00.000Z')): HeldTimer {
  let now = start
  let calls: { ms: number; next: number; call: () => void }[] = []
  return {
    now: () => now,
    every: (ms, call) => {
      const entry = { ms, next: now + ms, call }
      calls.push(entry)
      return () => {
        calls = calls.filter((other) => other !== entry)
      }
    },
    pass: (ms) => {
      const end = now + ms
      for (;;) {
        const due = calls.filter((entry) => entry.next <= end).sort((a, b) => a.next - b.next)[0]
        if (due === undefined) break
        now = due.next
        due.next += due.ms
        due.call()
      }
      now = end
    },
    running: () => calls.length,
  }
}
