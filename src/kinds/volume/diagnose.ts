/** One cause that explains what a look found. Pure; each speaks only of what differs from a healthy volume. */
import { type Key, keyToText } from '../../lib/key.js'
import { isAbsence } from '../../probes/error-text.js'
import { isToolError, type Look } from '../../probes/volume-look.js'
import type { Outside } from '../../vantage/vantage.js'
import type { Diagnosis, Finding } from '../kind.js'
import { engineMount, isContainerLayer, isDeleted, isInMemory, type Placed } from './mount.js'
import type { VolumeSpec } from './schema.js'

export interface Diagnosed {
  readonly spec: VolumeSpec
  readonly look: Look
  readonly placed: Placed
  readonly anonymous: boolean
  /** The check expects that nothing is mounted there. */
  readonly bare: boolean
  readonly outside: Outside | undefined
  readonly findings: readonly Finding[]
  /** Why the sentinel is not the expected one. */
  readonly wrong: string | undefined
}

export function diagnose(seen: Diagnosed): readonly Diagnosis[] {
  return [
    absent(seen),
    replaced(seen),
    renamed(seen),
    inMemory(seen),
    unnamed(seen),
    stacked(seen),
    deeper(seen),
    wrong(seen),
  ].flatMap((one) => one ?? [])
}

function absent({ spec, look, placed, outside, bare }: Diagnosed): Diagnosis | undefined {
  if (placed.mounted || bare) return undefined
  const place = spec.mount_point ?? spec.path
  if (placed.hidden !== undefined) {
    return {
      summary: `${place} is mounted (${told(placed.hidden)}), but hidden by what was mounted later at ${text(placed.owner.point)} (${told(placed.owner)})`,
      suggestion: `mount ${text(placed.owner.point)} first, then ${place}`,
    }
  }
  const engine = (outside?.mounts ?? []).map(({ destination }) => destination)
  const mounts = outside === undefined ? '' : `; the engine mounts ${engine.slice(0, 5).join(', ') || 'nothing'}`
  if (isToolError(look.facts) && isAbsence(look.facts)) return { summary: `nothing is at ${spec.path}${mounts}` }
  const what = look.empty === undefined ? 'a path' : look.empty ? 'an empty directory' : 'a directory with entries'
  const point = text(placed.owner.point)
  const lies = isContainerLayer(placed.owner)
    ? `${what} in the writable layer of the container, where everything dies with the container`
    : `${what} on the file system of ${point} (${told(placed.owner)})`
  const moved = look.empty === false ? '; copy what was written there before you mount over it' : ''
  return { summary: `${place} is no mount point: ${spec.path} is ${lies}${moved}${mounts}` }
}

function replaced({ spec, look, placed: { owner, mounted } }: Diagnosed): Diagnosis | undefined {
  if (!isDeleted(owner)) return undefined
  const root = text(owner.root).replace(/\/\/deleted$/, '')
  if (!isToolError(look.facts) && look.facts.type === 'file') {
    return {
      summary: `the file mounted at ${spec.path} was replaced at its origin (${root}): here the old content is read for ever`,
      suggestion: 'mount the directory instead of the file, and make the container anew',
    }
  }
  const where = mounted ? spec.path : text(owner.point)
  return {
    summary: `what is mounted at ${where} was deleted or replaced at its origin (${root}): the mount keeps the old directory, and what is written there is lost`,
    suggestion: 'mount it again, or make the container anew',
  }
}

/** Only where the names of host and kernel are comparable: a subvolume or a machine in between changes them. */
const PLAIN_DISKS = new Set(['ext2', 'ext3', 'ext4', 'xfs', 'f2fs', 'zfs'])

function renamed({ spec, placed: { owner, mounted }, outside }: Diagnosed): Diagnosis | undefined {
  const engine = engineMount(outside, spec.path)
  if (!mounted || engine?.type !== 'bind' || engine.source === undefined) return undefined
  if (isDeleted(owner) || !PLAIN_DISKS.has(owner.type) || engine.destination !== text(owner.point)) return undefined
  const root = text(owner.root)
  if (engine.source.endsWith(root) || root.endsWith(engine.source) || root === '/') return undefined
  return {
    summary: `the engine was told to mount ${engine.source}, and what is mounted is called ${root} now: it was renamed after the container started, which goes on with the old directory`,
    suggestion: 'make the container anew',
  }
}

function inMemory({ placed: { owner } }: Diagnosed): Diagnosis | undefined {
  if (!isInMemory(owner)) return undefined
  return {
    summary: `${text(owner.point)} is ${owner.type}: what is written there is in memory, and gone after a restart`,
  }
}

function unnamed({ placed: { owner }, anonymous }: Diagnosed): Diagnosis | undefined {
  if (!anonymous) return undefined
  return {
    summary: `nobody gave the volume at ${text(owner.point)} a name: the image declares it, and the next container starts with an empty one`,
    suggestion: `give it a name: volumes: ["data:${text(owner.point)}"]`,
  }
}

function stacked({ placed: { owner, under } }: Diagnosed): Diagnosis | undefined {
  if (under.length === 0) return undefined
  return {
    summary: `${under.length + 1} mounts lie on ${text(owner.point)}: ${told(owner)} hides ${under.map(told).join(', then ')}; umount takes away the last one`,
  }
}

function deeper({ spec, look, findings }: Diagnosed): Diagnosis | undefined {
  const found = look.sentinel?.deeper ?? look.paths.find(({ deeper }) => deeper !== undefined)?.deeper
  if (found === undefined) return undefined
  const others = findings.filter(({ found_as }) => found_as !== undefined).length
  const how = others > 1 ? ` (${others} of the paths are there)` : ''
  return {
    summary: `the content lies one level too deep: it was copied to ${spec.path}/${text(found)}${how}, as rsync does without a slash after its source`,
    suggestion: `mv -n ${spec.path}/${text(found)}/* ${spec.path}/   # hidden files too`,
  }
}

function wrong({ spec, wrong: why }: Diagnosed): Diagnosis | undefined {
  return why === undefined ? undefined : { summary: `this is not the volume it should be: ${why} in ${spec.path}` }
}

function told({ type, source, root }: Placed['owner']): string {
  return `${type} ${text(source)}${root === '/' ? '' : `, ${text(root)} of it`}`
}

function text(key: Key): string {
  return keyToText(key)
}
