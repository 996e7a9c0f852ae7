/**
 * Whether the disk that should be there is there. A volume that was not mounted leaves an empty directory behind, and
 * every file would be called missing (or, worse, freshly written ones present). Reads two small files and resolves
 * links; `st_dev` would not tell, for a bind mount may have its parent's.
 */
import { readFile, realpath } from 'node:fs/promises'
import { isAbsent } from './errors.js'

export interface MountTables {
  /** `/proc/self/mountinfo`. */
  readonly mountinfo: string
  /** `/etc/fstab`. */
  readonly fstab: string
}

export const MOUNT_TABLES: MountTables = { mountinfo: '/proc/self/mountinfo', fstab: '/etc/fstab' }

/** Mount points of a mountinfo text (proc_pid_mountinfo(5), field 5). */
export function mountPoints(mountinfo: string): readonly string[] {
  return lines(mountinfo).flatMap((line) => unescapePath(line.split(' ')[4]) ?? [])
}

/** Mount points of an fstab text (fstab(5), field 2), without swap and the root file system. */
export function fstabPoints(fstab: string): readonly string[] {
  return lines(fstab)
    .filter((line) => !line.trimStart().startsWith('#'))
    .flatMap((line) => unescapePath(line.trim().split(/\s+/)[1]) ?? [])
    .filter((path) => path.startsWith('/') && path !== '/')
    .map((path) => path.replace(/\/+$/, ''))
}

/**
 * Why `root` (absolute) does not lie on the mount it should, or undefined. `own`: it must itself be a mount point.
 * A line of fstab for the root or a directory above it counts as a promise, whatever its options say.
 */
export async function mountProblem(root: string, own: boolean, tables: MountTables): Promise<string | undefined> {
  const mountinfo = await textOf(tables.mountinfo)
  if (mountinfo === undefined) {
    return own ? `not mounted, as far as can be told: ${tables.mountinfo} is not there` : undefined
  }
  const mounted = new Set(mountPoints(mountinfo))
  const real = await resolved(root)
  for (const point of fstabPoints((await textOf(tables.fstab)) ?? '')) {
    const target = await resolved(point)
    if ((isAtOrBelow(root, point) || isAtOrBelow(real, target)) && !mounted.has(target)) {
      return `${point} is in ${tables.fstab} but not mounted`
    }
  }
  if (!own || mounted.has(real)) return undefined
  const covering = [...mounted].filter((point) => isAtOrBelow(real, point)).sort((a, b) => b.length - a.length)[0]
  return `not mounted: ${real} is no mount point, it lies on the file system of ${covering ?? '/'}`
}

function isAtOrBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`)
}

async function resolved(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    if (isAbsent(cause)) return undefined
    throw cause
  })
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '')
}

/** Space, tab, newline and backslash stand as `\040 \011 \012 \134`. */
function unescapePath(field: string | undefined): string | undefined {
  if (field === undefined) return undefined
  const latin1 = Buffer.from(field).toString('latin1')
  const bytes = latin1.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
  return Buffer.from(bytes, 'latin1').toString()
}
