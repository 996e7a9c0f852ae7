/** What every part of the bench hands over: rows of the one table, and promises held against what was measured. */

/** Undefined is what was not measured, or makes no sense there. */
export interface Figure {
  /** What was done: "files, sharded, size" */
  readonly what: string
  /** How many artifacts (rows, files, keys). */
  readonly size: number
  /** Who did it: "postflight", "shell" … */
  readonly by: string
  /** Seconds, the median of the rounds. */
  readonly wall: number
  /** Seconds, user and system, of all its processes; the median of the rounds. */
  readonly cpu?: number | undefined
  /** MiB: the sum over its processes of each one's peak. */
  readonly peak?: number | undefined
  readonly rounds: number
  /** Another number worth a look: "0.9 s of CPU in the database server" */
  readonly note?: string | undefined
}

export interface Promised {
  /** "files, sharded, size, 1,000,000: wall beside the shell pipeline" */
  readonly what: string
  /** As shown: "0.83 ×" */
  readonly measured: string
  readonly limit: string
  readonly kept: boolean
}

export interface Part {
  readonly figures: readonly Figure[]
  readonly promises: readonly Promised[]
  /** What was left out, and why. */
  readonly remarks: readonly string[]
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = Number.NaN, high = Number.NaN] = [sorted[(sorted.length - 1) >> 1], sorted[middle]]
  return (low + high) / 2
}

/** `limit` is the most that keeps the promise. */
export function atMost(what: string, measured: number, limit: number, unit: string): Promised {
  return { what, measured: shown(measured, unit), limit: `≤ ${limit} ${unit}`, kept: measured <= limit }
}

function shown(value: number, unit: string): string {
  return `${value.toFixed(unit === 'MiB' ? 0 : 2)} ${unit}`
}
