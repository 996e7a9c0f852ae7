/** Whether a directory lies on this machine's own disks: what is asked over a network may never be answered. */
import { readFile } from 'node:fs/promises'
import { isAtOrBelow, owningMount, parseMountinfo } from '../../lib/mountinfo.js'

/** Anything else, known or not, may be a network or a program of somebody's (FUSE) behind it. */
const LOCAL = new Set([
  ...['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'zfs', 'f2fs', 'jfs', 'reiserfs', 'bcachefs', 'overlay', 'aufs'],
  ...['tmpfs', 'ramfs', 'rootfs', 'devtmpfs', 'squashfs', 'erofs', 'iso9660', 'udf', 'vfat', 'exfat', 'ntfs3', 'ntfs'],
])

/** `real`: absolute, its links resolved. Nothing but the table is looked at, so nothing here hangs. */
export async function isLocal(real: string, mountinfo: string): Promise<boolean> {
  const text = await readFile(mountinfo).catch(() => undefined)
  // No Linux: there is nothing to tell it by.
  if (text === undefined) return true
  const mounts = parseMountinfo(text)
  const owner = owningMount(mounts, real)
  const concerned = mounts.filter(({ point }) => isAtOrBelow(point, real))
  return [...concerned, ...(owner === undefined ? [] : [owner])].every(({ type }) => LOCAL.has(type))
}
