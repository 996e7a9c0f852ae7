/** Where a path leads, found out without a call into anything that may never answer: the kernel would not end it. */
import { readFile, readlink } from 'node:fs/promises'
import { type Key, keyFromLatin1, keyToBytes } from '../../lib/key.js'
import { isAtOrBelow, type Mount, mayHang, owningMount, parseMountinfo } from '../../lib/mountinfo.js'
import { isAbsent } from './errors.js'

export interface Led {
  /** Links resolved, as far as could be looked at. */
  readonly path: Key
  /** What may never answer there: the mount it lies on, or one below it. */
  readonly foreign: Mount | undefined
}

/** As many as the kernel follows. */
const MOST_LINKS = 40

/** `path`: absolute. */
export async function leadsTo(path: Key, mounts: readonly Mount[]): Promise<Led> {
  let ahead = namesOf(path)
  let at = ''
  for (let links = 0; ahead.length > 0; ) {
    const [name = '', ...rest] = ahead
    const next = name === '..' ? at.slice(0, Math.max(0, at.lastIndexOf('/'))) : `${at}/${name}`
    const owner = owningMount(mounts, next)
    const whole = keyFromLatin1([next, ...rest].join('/'))
    if (owner !== undefined && mayHang(owner)) return { path: whole, foreign: owner }
    const target = name === '..' ? '' : await linkAt(next)
    // What is not there, or may not be looked at, is for the store to tell.
    if (target === undefined || links > MOST_LINKS) return { path: whole, foreign: undefined }
    if (target !== '') links++
    ahead = [...namesOf(target), ...rest]
    if (target === '') at = next
    else if (target.startsWith('/')) at = ''
  }
  const real = keyFromLatin1(at === '' ? '/' : at)
  return { path: real, foreign: mounts.find((mount) => mayHang(mount) && isAtOrBelow(mount.point, real)) }
}

/** None where there is no table of mounts: there is nothing to tell them by. */
export async function readMounts(mountinfo: string): Promise<readonly Mount[]> {
  const text = await readFile(mountinfo).catch((cause: unknown) => {
    if (isAbsent(cause)) return undefined
    throw cause
  })
  return text === undefined ? [] : parseMountinfo(text)
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.')
}

/** Empty for what is no link, undefined for what cannot be looked at. */
async function linkAt(path: string): Promise<string | undefined> {
  return readlink(keyToBytes(keyFromLatin1(path)), { encoding: 'latin1' }).catch((cause: NodeJS.ErrnoException) =>
    cause.code === 'EINVAL' ? '' : undefined,
  )
}
