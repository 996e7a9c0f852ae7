/** Who made a scratch database, as the comment on it says: by that a later run tells whether its maker still lives. */
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

export interface ScratchOwner {
  readonly postflight: 'scratch database'
  readonly token: string
  readonly host: string
  /** Of the kernel's start, and of the space that process ids are counted in: the same id elsewhere is another process. */
  readonly boot: string
  readonly space: string
  readonly pid: number
  /** When the process started, in clock ticks since boot. */
  readonly born: string
}

export function ownScratch(token: string): ScratchOwner {
  return { postflight: 'scratch database', token, ...here(), pid: process.pid, born: birth(process.pid) ?? '' }
}

/** `unknown`: made elsewhere, or before this machine was started anew. */
export function ownerState(owner: ScratchOwner): 'alive' | 'dead' | 'unknown' {
  const { host, boot, space } = here()
  if (boot === '' || space === '' || owner.host !== host || owner.boot !== boot || owner.space !== space)
    return 'unknown'
  const now = birth(owner.pid)
  if (now === undefined) return 'dead'
  return now === owner.born ? 'alive' : 'dead'
}

export function parseOwner(comment: string | null | undefined): ScratchOwner | undefined {
  try {
    const owner = JSON.parse(comment ?? '') as ScratchOwner
    const whole = [owner.token, owner.host, owner.boot, owner.space, owner.born].every((one) => typeof one === 'string')
    return owner.postflight === 'scratch database' && whole && typeof owner.pid === 'number' ? owner : undefined
  } catch {
    return undefined
  }
}

function here() {
  return { host: hostname(), boot: read('/proc/sys/kernel/random/boot_id'), space: linkOf('/proc/self/ns/pid') }
}

function birth(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`)
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1').trim()
  } catch {
    return ''
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
