/**
 * Reads `/proc/<pid>/mountinfo` (proc_pid_mountinfo(5)). Pure: reading the file never blocks, whatever the mounts do,
 * and nothing here touches one. Paths are bytes, as the kernel escapes them byte by byte.
 */
import { type Key, keyFromBytes, keyFromLatin1, keyFromText } from './key.js'

export interface Mount {
  readonly id: number
  readonly parent: number
  /** `major:minor`, as st_dev has it. */
  readonly device: string
  /** What of its file system is mounted: `/` for all of it, a directory or a file for a bind mount. */
  readonly root: Key
  readonly point: Key
  /** Of this mount alone. A file system can be writable and one mount of it not, and the other way round. */
  readonly options: readonly string[]
  /** `shared:7`, `master:7`, `propagate_from:3`, `unbindable`; none is private. */
  readonly propagation: readonly string[]
  readonly type: string
  readonly source: Key
  /** Of the file system. */
  readonly superOptions: readonly string[]
}

/** All mounts of the text, in its order. A line that is none is left out. */
export function parseMountinfo(text: string | Buffer): readonly Mount[] {
  const latin1 = typeof text === 'string' ? keyFromText(text) : keyFromBytes(text)
  return latin1.split('\n').flatMap((line) => mountOf(line.split(' ')) ?? [])
}

/** The optional fields end with a `-`, so what comes after them is counted from there. */
function mountOf(fields: readonly string[]): Mount | undefined {
  const [id, parent, device, root, point, options] = fields
  const end = fields.indexOf('-', 6)
  const [type, source, superOptions] = end === -1 ? [] : fields.slice(end + 1)
  if (point === undefined || type === undefined) return undefined
  return {
    id: Number(id),
    parent: Number(parent),
    device: device ?? '',
    root: unescapePath(root ?? ''),
    point: unescapePath(point),
    options: (options ?? '').split(','),
    propagation: fields.slice(6, end),
    type,
    source: unescapePath(source ?? ''),
    superOptions: (superOptions ?? '').split(','),
  }
}

/** Space, tab, newline and backslash stand as `\040 \011 \012 \134`. */
export function unescapePath(latin1: string): Key {
  const path = latin1.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
  return keyFromLatin1(path)
}

/**
 * The mount that a path without links lies on: the walk the kernel makes, from mount to mount down the path. The
 * longest mount point would not do: a mount further up that was made later hides those below it.
 */
export function owningMount(mounts: readonly Mount[], path: string): Mount | undefined {
  const ids = new Set(mounts.map(({ id }) => id))
  let owner = mounts.findLast(({ id, parent, point }) => point === '/' && (parent === id || !ids.has(parent)))
  owner ??= mounts.find(({ point }) => point === '/')
  const passed = new Set<Mount>()
  while (owner !== undefined && !passed.has(owner)) {
    passed.add(owner)
    owner = nextOnPath(mounts, owner, path) ?? owner
  }
  return owner
}

/** Of the mounts made on this one, the first met on the way down; of several at one point the last. */
function nextOnPath(mounts: readonly Mount[], from: Mount, path: string): Mount | undefined {
  const made = mounts.filter(
    ({ id, parent, point }) =>
      id !== from.id && parent === from.id && isAtOrBelow(path, point) && point.length >= from.point.length,
  )
  const nearest = Math.min(...made.map(({ point }) => point.length))
  return made.findLast(({ point }) => point.length === nearest)
}

/** Mounts that lie under this one at its very mount point, the one right below it first. */
export function mountsUnder(mounts: readonly Mount[], mount: Mount): readonly Mount[] {
  const below = mounts.find(({ id, point }) => id === mount.parent && id !== mount.id && point === mount.point)
  if (below === undefined) return []
  const others = mounts.filter((one) => one !== below)
  return [below, ...mountsUnder(others, below)]
}

export function isAtOrBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`)
}

const OWN_DISKS = new Set([
  ...['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'zfs', 'f2fs', 'jfs', 'reiserfs', 'bcachefs', 'overlay', 'aufs'],
  ...['tmpfs', 'ramfs', 'rootfs', 'devtmpfs', 'squashfs', 'erofs', 'iso9660', 'udf', 'vfat', 'exfat', 'ntfs3', 'ntfs'],
])

/** Anything but a disk of this machine, known or not, may be a network or somebody's program, which may never answer. */
export function mayHang({ type }: Mount): boolean {
  return !OWN_DISKS.has(type)
}
