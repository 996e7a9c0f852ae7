/**
 * Whether the disk that should be there is there. A volume that was not mounted leaves an empty directory behind, and
 * every file would be called missing (or, worse, freshly written ones present). Reads two small files and resolves
 * links; `st_dev` would not tell, for a bind mount may have its parent's.
 */
import { readFile } from 'node:fs/promises'
import { keyFromText, keyToText } from '../../lib/key.js'
import { isAtOrBelow, parseMountinfo, unescapePath } from '../../lib/mountinfo.js'
import { isAbsent } from './errors.js'
import { leadsTo, readMounts } from './leads-to.js'

export interface MountTables {
  /** `/proc/self/mountinfo`. */
  readonly mountinfo: string
  /** `/etc/fstab`. */
  readonly fstab: string
}

/** The tables as they were read, wherever that was. */
export interface ReadTables {
  readonly names: MountTables
  /** Undefined where the table is not there. */
  readonly mountinfo: string | undefined
  readonly fstab: string | undefined
  /** Path with its links resolved, or as it is where that cannot be. */
  readonly resolved: (path: string) => Promise<string>
}

export const MOUNT_TABLES: MountTables = { mountinfo: '/proc/self/mountinfo', fstab: '/etc/fstab' }

export function mountPoints(mountinfo: string): readonly string[] {
  return parseMountinfo(mountinfo).map(({ point }) => keyToText(point))
}

/** Mount points of an fstab text (fstab(5), field 2), without swap and the root file system. */
export function fstabPoints(fstab: string): readonly string[] {
  return lines(fstab)
    .filter((line) => !line.trimStart().startsWith('#'))
    .map((line) => keyToText(unescapePath(keyFromText(line.trim().split(/\s+/)[1] ?? ''))))
    .filter((path) => path.startsWith('/') && path !== '/')
    .map((path) => path.replace(/\/+$/, ''))
}

/**
 * Why `root` (absolute) does not lie on the mount it should, or undefined. `own`: it must itself be a mount point.
 * A line of fstab for the root or a directory above it counts as a promise, whatever its options say.
 */
export async function mountProblem(
  root: string,
  own: boolean,
  { names, mountinfo, fstab, resolved }: ReadTables,
): Promise<string | undefined> {
  if (mountinfo === undefined) {
    return own ? `not mounted, as far as can be told: ${names.mountinfo} is not there` : undefined
  }
  const mounted = new Set(mountPoints(mountinfo))
  const real = await resolved(root)
  for (const point of fstabPoints(fstab ?? '')) {
    const target = await resolved(point)
    if ((isAtOrBelow(root, point) || isAtOrBelow(real, target)) && !mounted.has(target)) {
      return `${point} is in ${names.fstab} but not mounted`
    }
  }
  if (!own || mounted.has(real)) return undefined
  const covering = [...mounted].filter((point) => isAtOrBelow(real, point)).sort((a, b) => b.length - a.length)[0]
  return `not mounted: ${real} is no mount point, it lies on the file system of ${covering ?? '/'}`
}

/** Those of this machine. */
export async function readTables(names: MountTables): Promise<ReadTables> {
  const mounts = await readMounts(names.mountinfo)
  return {
    names,
    mountinfo: await textOf(names.mountinfo),
    fstab: await textOf(names.fstab),
    resolved: async (path) => keyToText((await leadsTo(keyFromText(path), mounts)).path),
  }
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
