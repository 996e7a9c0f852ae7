/** Whether a directory lies on this machine's own disks: what is asked over a network may never be answered. */
import { readFile } from 'node:fs/promises'
import { isAtOrBelow, mayHang, owningMount, parseMountinfo } from '../../lib/mountinfo.js'

/** `real`: absolute, its links resolved. Nothing but the table is looked at, so nothing here hangs. */
export async function isLocal(real: string, mountinfo: string): Promise<boolean> {
  const text = await readFile(mountinfo).catch(() => undefined)
  // No Linux: there is nothing to tell it by.
  if (text === undefined) return true
  const mounts = parseMountinfo(text)
  const owner = owningMount(mounts, real)
  const concerned = mounts.filter(({ point }) => isAtOrBelow(point, real))
  return [...concerned, ...(owner === undefined ? [] : [owner])].every((mount) => !mayHang(mount))
}
