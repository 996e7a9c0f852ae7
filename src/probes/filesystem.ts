/**
 * How much room the file system behind a path has, as seen from a vantage. It is asked in a process of its own, so that
 * a mount that hangs ends with the signal and not with us.
 */
import { CheckError } from '../lib/errors.js'
import { runScript } from '../vantage/run.js'
import type { Vantage } from '../vantage/vantage.js'
import { TimeUp } from './deadline.js'

export interface Room {
  readonly used: number
  /** What an ordinary user may still take: what is reserved for root is not counted. */
  readonly free: number
}

export interface FilesystemRoom {
  /** Absent where the file system counts none (proc, or a tmpfs without a limit). */
  readonly bytes?: Room | undefined
  /** Absent where the file system counts none (btrfs, many FUSE): that is no shortage. */
  readonly inodes?: Room | undefined
  /** The program that was asked: `stat -f`, or `df` where stat knows no file systems. */
  readonly method: string
}

/** `stat -f` is one look at this path alone; `df` is for systems whose stat cannot (macOS, small busyboxes). */
const SCRIPT = `LC_ALL=C; export LC_ALL
if stat -f -c 'stat %S %b %f %a %c %d' -- "$1" 2>/dev/null; then exit 0; fi
if ! df -P -k -- "$1"; then
  # busybox says "can't find mount point" instead
  if [ ! -e "$1" ] && [ -x "\${1%/*}/" ]; then echo 'no such file' >&2; fi
  exit 1
fi
echo inodes
df -P -i -- "$1" 2>/dev/null
exit 0`

/** Undefined where there is no such path; what cannot be looked at otherwise is a CheckError. */
export async function filesystemRoom(
  vantage: Vantage,
  path: string,
  { signal, user }: { readonly signal: AbortSignal; readonly user?: string | undefined },
): Promise<FilesystemRoom | undefined> {
  const full = `${await vantage.root({ signal })}${path}`
  try {
    const { code, stdout, stderr } = await runScript(vantage, SCRIPT, [full], { signal, user })
    if (code !== 0 && /no such file/i.test(stderr)) return undefined
    const room = code === 0 ? parseRoom(stdout.toString('latin1')) : undefined
    if (room !== undefined) return room
    const said = stderr.trim().split('\n').at(-1) ?? ''
    throw new CheckError(`${vantage.label}: the room behind ${path} cannot be told${said === '' ? '' : `: ${said}`}`)
  } catch (cause) {
    if (!(cause instanceof TimeUp)) throw cause
    throw new CheckError(`${vantage.label}: ${path} gave ${cause.message}`, {
      cause,
      hint: 'its mount may hang: see whether its server is there',
    })
  }
}

/** Undefined where it is the output of neither program. */
export function parseRoom(output: string): FilesystemRoom | undefined {
  const counted = /^stat (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)$/m.exec(output)
  if (counted === null) return parseDf(output)
  const [block = 0, blocks = 0, unused = 0, available = 0, inodes = 0, unusedInodes = 0] = counted.slice(1).map(Number)
  return {
    bytes: blocks === 0 ? undefined : { used: (blocks - unused) * block, free: available * block },
    inodes: inodes === 0 ? undefined : { used: inodes - unusedInodes, free: unusedInodes },
    method: 'stat -f',
  }
}

/** The name of a device may hold blanks, so that a line is read from its numbers on. */
const DF_LINE = /\s(\d+)\s+(\d+)\s+(-?\d+)\s+(?:\d+%|-)\s+\//

function parseDf(output: string): FilesystemRoom | undefined {
  const [space = '', counts = ''] = output.split(/^inodes$/m)
  const bytes = DF_LINE.exec(space)
  if (bytes === null) return undefined
  const inodes = DF_LINE.exec(counts)
  return {
    bytes: roomOf(bytes, 1024),
    inodes: inodes === null ? undefined : roomOf(inodes, 1),
    method: 'df',
  }
}

function roomOf([, total, used, free]: RegExpExecArray, unit: number): Room | undefined {
  return Number(total) === 0 ? undefined : { used: Number(used) * unit, free: Math.max(0, Number(free)) * unit }
}
