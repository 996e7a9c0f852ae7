/** What a trap is made of: how it is planted, the check that looks, and what it has to see. */
import type { MatcherInput } from '../../../src/judge/matcher.js'
import type { Outside } from '../../../src/vantage/vantage.js'

export interface Trap {
  /** As the catalogue of traps numbers them. */
  readonly id: string
  readonly title: string
  /** sh, run in an empty directory of a mount namespace of its own; the path looked at is `v` below it. */
  readonly planted: string
  readonly healthy: string
  /** Fields of the check besides `path`; `D` stands for the directory. */
  readonly spec?: Readonly<Record<string, unknown>>
  readonly path?: string
  readonly expect?: Readonly<Record<string, MatcherInput>>
  readonly engine?: { readonly planted: Outside; readonly healthy: Outside }
  readonly sees: {
    readonly outcome: 'fail' | 'warn' | 'error'
    /** Exactly the subjects that break. */
    readonly broken: readonly string[]
    readonly cause?: RegExp
    /** Class and key of each finding. */
    readonly findings?: readonly string[]
  }
}

/** A real disk of 16 MiB: ext4 on a loop device, which goes when it is unmounted. */
export const DISK = 'truncate -s 16M disk; mkfs.ext4 -q -F -m 0 -N 64 disk; mkdir v; mount -o loop disk v'

const WORDS = 'echo \'{"id": "7d1f"}\' > '

export const SENTINEL = { sentinel: { file: '.postflight.json', id: '7d1f' } }
export const mark = (directory: string): string => `${WORDS}${directory}/.postflight.json`

/**
 * The root of a container: an overlay with a writable layer over the machine's own files, made the root of this
 * namespace; `/data` is where the volume should be.
 */
export function containerRoot(inside: string): string {
  return `
    mount -t tmpfs none . ; cd "$1"; mkdir upper work merged volume
    mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work merged
    mkdir merged/data merged/.old
    for one in proc dev sys; do mount --rbind /$one merged/$one; done
    ${inside}
    cd merged; pivot_root . .old; cd /; umount -l /.old`
}

export const HEX = 'c0ffee00'.repeat(8)

export const outsideOf = (mounts: Outside['mounts'], more: Partial<Outside> = {}): Outside => ({
  mounts,
  declaredVolumes: [],
  ...more,
})
