/**
 * What files of a wrong size have in common: all empty, all of one size, all pointers of Git LFS, all off by one unit or by
 * as many bytes. Fed pair by pair; memory is bounded. Pure.
 */
import { createHistogram } from './plausibility.js'

export interface SizeUnit {
  readonly name: string
  readonly bytes: number
}

export type CommonSize =
  | { readonly what: 'empty' | 'lfs pointer'; readonly keys: number }
  | { readonly what: 'one size' | 'shift'; readonly keys: number; readonly bytes: number }
  /** Declared in `unit`, rounded by up to `tolerance` bytes. */
  | { readonly what: 'unit'; readonly keys: number; readonly unit: SizeUnit; readonly tolerance: number }

export interface SizeTally {
  readonly add: (expected: number, actual: number) => void
  /** What holds for nine of ten, the most telling first; undefined where nothing does. */
  readonly common: () => CommonSize | undefined
}

const MOST_VALUES = 10_000
/** Lines of a pointer file but for the digits of the size. */
const LFS_POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:\nsize \n'.length + 64
/** How coarse a size may be rounded, as a part of its unit: exact, to two digits, one, none, cut off. */
const ROUNDING = [0, 0.005, 0.05, 0.5, 1]

/** `declared`: bytes of the unit sizes were taken to be in. `units`: what they may be in instead. */
export function createSizeTally(declared: number, units: readonly SizeUnit[]): SizeTally {
  const sizes = createHistogram(MOST_VALUES)
  const shifts = createHistogram(MOST_VALUES)
  const others = units
    .filter(({ bytes }) => bytes !== declared)
    .map((unit) => ({ unit, fits: ROUNDING.map(() => 0), telling: 0, off: 0 }))
  let count = 0
  let empty = 0
  let pointers = 0
  return {
    add: (expected, actual) => {
      count++
      if (actual === 0) empty++
      if (actual === LFS_POINTER + String(expected).length) pointers++
      sizes.add(String(actual))
      shifts.add(String(actual - expected))
      for (const other of others) {
        const { bytes } = other.unit
        const number = expected / declared
        const off = Math.abs(number * bytes - actual)
        // A hair more, for what floating point loses.
        const step = ROUNDING.findIndex((part) => off <= part * bytes * (1 + 1e-9) + 1e-6)
        if (step < 0) continue
        other.fits[step] = (other.fits[step] ?? 0) + 1
        other.off += off
        // One unit more or less says little of small numbers.
        if (number >= 2) other.telling++
      }
    },
    common: () => {
      const most = (keys: number) => count > 0 && keys * 10 >= count * 9
      const [size, sized] = sizes.top() ?? ['0', 0]
      const [shift, shifted] = shifts.top() ?? ['0', 0]
      if (most(empty)) return { what: 'empty', keys: empty }
      if (most(pointers)) return { what: 'lfs pointer', keys: pointers }
      if (most(sized)) return { what: 'one size', keys: sized, bytes: Number(size) }
      if (most(shifted)) return { what: 'shift', keys: shifted, bytes: Number(shift) }
      const [best] = others
        .map((other) => ({ ...other, keys: other.fits.reduce((sum, fits) => sum + fits, 0) }))
        .filter(({ keys, telling }) => most(keys) && telling * 2 >= keys)
        .toSorted((a, b) => a.off / a.keys - b.off / b.keys)
      if (best === undefined) return undefined
      const coarsest = ROUNDING[best.fits.findLastIndex((fits) => fits > 0)] ?? 0
      const tolerance = Math.ceil(coarsest * best.unit.bytes)
      return { what: 'unit', keys: best.keys, unit: best.unit, tolerance }
    },
  }
}
