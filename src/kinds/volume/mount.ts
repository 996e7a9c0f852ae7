/** Which mount a path really lies on, and what the mount table says of it. Pure. */
import { type Key, keyFromText, keyToText } from '../../lib/key.js'
import { type Mount, mountsUnder, owningMount } from '../../lib/mountinfo.js'
import type { Look } from '../../probes/volume-look.js'
import type { Outside, OutsideMount } from '../../vantage/vantage.js'
import type { Observed } from '../kind.js'
import type { VolumeSpec } from './schema.js'

export interface Placed {
  /** The mount the path lies on, whether it is the one that should be there or not. */
  readonly owner: Mount
  /** Where a volume should be mounted, without links as far as they are known. */
  readonly place: Key
  readonly mounted: boolean
  /** Mounts below it at its very mount point, automounts left out. */
  readonly under: readonly Mount[]
  /** A mount at the place that another, made later further up, hides. */
  readonly hidden: Mount | undefined
}

/** What a look knows of where a path is; without one, its text has to do. */
export type Whereabouts = Pick<Look, 'mountId' | 'real' | 'realPlace'> & { readonly absent: boolean }

export function placed(spec: VolumeSpec, mounts: readonly Mount[], where: Whereabouts): Placed | undefined {
  const path = where.real ?? keyFromText(spec.path)
  const given = spec.mount_point === undefined ? path : keyFromText(spec.mount_point)
  const place = (spec.mount_point === undefined ? where.real : where.realPlace) ?? given
  const owner = mounts.find(({ id }) => id === where.mountId) ?? owningMount(mounts, path)
  if (owner === undefined) return undefined
  const mounted = !where.absent && owner.point === place
  return {
    owner,
    place,
    mounted,
    under: mountsUnder(mounts, owner).filter(({ type }) => type !== 'autofs'),
    hidden: mounted ? undefined : mounts.findLast(({ point, id }) => point === place && id !== owner.id),
  }
}

export function mountSubjects({ owner, mounted, under }: Placed, engine: OutsideMount | undefined) {
  return {
    mounted,
    mount_point: keyToText(owner.point),
    type: owner.type,
    source: keyToText(owner.source),
    root: keyToText(owner.root),
    options: optionsOf(owner),
    propagation: propagationOf(owner),
    read_only: isReadOnly(owner),
    stacked: under.length + 1,
    deleted: isDeleted(owner),
    anonymous: isAnonymous(owner, engine),
    persistent: !isInMemory(owner) && !isContainerLayer(owner),
  } satisfies Readonly<Record<string, Observed>>
}

/**
 * Either may say `ro` while the other says `rw`: then nothing can be written. After an error newer kernels leave `rw` and
 * add a word of their own (ext4, 6.16).
 */
export function isReadOnly({ options, superOptions }: Mount): boolean {
  return options.includes('ro') || superOptions.includes('ro') || superOptions.includes('emergency_ro')
}

function optionsOf(mount: Mount): readonly string[] {
  const all = [...new Set([...mount.options, ...mount.superOptions])].filter((one) => one !== '')
  return isReadOnly(mount) ? all.filter((option) => option !== 'rw') : all
}

function propagationOf({ propagation }: Mount): string {
  const words = propagation.flatMap((field) => {
    if (field.startsWith('shared:')) return 'shared'
    if (field.startsWith('master:')) return 'slave'
    return field === 'unbindable' ? field : []
  })
  return words.length === 0 ? 'private' : words.join('+')
}

/** The kernel says so behind the path; one separated by a space is how it shows a directory elsewhere. */
export function isDeleted({ root }: Mount): boolean {
  return root.endsWith('//deleted')
}

export function isInMemory({ type }: Mount): boolean {
  return type === 'tmpfs' || type === 'ramfs' || type === 'rootfs'
}

/** Served by another machine or by a program, which may stop answering. */
export function isServed({ type }: Mount): boolean {
  return /^(nfs|cifs|smb|9p|ceph|gluster|lustre|afs|virtiofs|autofs|fuse)/.test(type)
}

export function isContainerLayer({ type, point }: Mount): boolean {
  return point === '/' && (type === 'overlay' || type === 'fuse.fuse-overlayfs' || type === 'aufs')
}

const UNNAMED = /^[0-9a-f]{64}$/

/** docker and podman name a volume by 64 hex digits where nobody else does; its directory carries the name. */
function isAnonymous({ root }: Mount, engine: OutsideMount | undefined): boolean {
  if (engine?.name !== undefined) return UNNAMED.test(engine.name)
  return /\/volumes\/[0-9a-f]{64}\/_data(\/|$)/.test(root)
}

export function isUnnamed({ type, name }: OutsideMount): boolean {
  return type === 'volume' && name !== undefined && UNNAMED.test(name)
}

/** What the engine says of the mount the path lies on: the nearest at or above it. */
export function engineMount(outside: Outside | undefined, path: string): OutsideMount | undefined {
  const above = (outside?.mounts ?? []).filter(({ destination }) =>
    `${path}/`.startsWith(destination.endsWith('/') ? destination : `${destination}/`),
  )
  return above.sort((a, b) => b.destination.length - a.destination.length)[0]
}
