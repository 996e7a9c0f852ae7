/** Durations, sizes and percentages as check files write them. A bare number is none of these. */

const DURATION = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const SIZE = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  PB: 1e15,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  PiB: 2 ** 50,
} as const

/** Milliseconds, or undefined where the text is not a duration (30s 5m 2h 7d 500ms 1.5h). */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text)
  return match === null ? undefined : Math.round(Number(match[1]) * DURATION[match[2] as keyof typeof DURATION])
}

/** Bytes, or undefined where the text is not a size (512KiB 2GiB 10MB 5B). */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([kKMGTP]?i?B)$/.exec(text)
  const unit = match === null ? undefined : SIZE[match[2] as keyof typeof SIZE]
  return match === null || unit === undefined ? undefined : Math.round(Number(match[1]) * unit)
}

/** The number before the sign, as written, so that it can be read as an exact decimal; undefined where it is none. */
export function parsePercent(text: string): string | undefined {
  return /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1]
}

export const DURATION_FORM = 'durations look like 500ms, 30s, 5m, 2h, 7d'
export const SIZE_FORM = 'sizes look like 10MB, 512KiB, 2GiB'
export const PERCENT_FORM = 'percentages look like 85% or 0.1%'

/** Two significant units at most: 0.4ms, 950ms, 12.3s, 4m 10s, 2h 5m, 3d 4h. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`
  if (ms === 0) return '0s'
  if (ms > 0 && ms < 10 && !Number.isInteger(ms)) return `${Math.max(0.1, Math.round(ms * 10) / 10)}ms`
  if (ms < 1000) return `${Math.round(ms)}ms`
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toString()}s`
  const units = [
    ['d', DURATION.d],
    ['h', DURATION.h],
    ['m', DURATION.m],
    ['s', DURATION.s],
  ] as const
  const first = units.findIndex(([, size]) => ms >= size)
  const [name, size] = units[first] as (typeof units)[number]
  const [lower, lowerSize] = units[first + 1] ?? ['', 0]
  const rest = lowerSize === 0 ? 0 : Math.floor((ms % size) / lowerSize)
  return `${Math.floor(ms / size)}${name}${rest === 0 ? '' : ` ${rest}${lower}`}`
}

export function formatSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}
