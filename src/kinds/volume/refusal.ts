/** Why writing failed, put together from the error, the space that is left and who may do what. Pure. */
import { formatSize } from '../../lib/units.js'
import type { ToolError } from '../../probes/error-text.js'
import { type Access, type Facts, isToolError, type Look } from '../../probes/volume-look.js'
import type { Diagnosis } from '../kind.js'

export interface Refused {
  readonly look: Pick<Look, 'facts' | 'space'>
  readonly access: Pick<Access, 'uid' | 'gids'>
  readonly path: string
}

const STEPS = { create: 'create a file', write: 'write and fsync', rename: 'rename', delete: 'delete' } as const

/** Less than this is as good as nothing: one block each for some metadata. */
const SOME_BYTES = 64n * 1024n

export function refusal(step: keyof typeof STEPS, why: ToolError, refused: Refused): Diagnosis {
  const summary = `user ${refused.access.uid} cannot ${STEPS[step]} in ${refused.path}: ${why.text} (${why.code})`
  const { cause, suggestion } = explained(why, refused)
  return { summary: cause === undefined ? summary : `${summary}; ${cause}`, suggestion }
}

function explained(
  { code }: ToolError,
  { look, access, path }: Refused,
): { readonly cause?: string; readonly suggestion?: string } {
  switch (code) {
    case 'ENOSPC':
      return { cause: noSpace(look.space) }
    case 'EDQUOT':
      return { cause: `the quota of the user, the group or the project is used up, ${left(look.space)}` }
    case 'EACCES':
    case 'EPERM':
      return isToolError(look.facts) ? {} : denied(look.facts, access, path)
    case 'EROFS':
      return { cause: 'the mount table does not say so, so the file system turned read-only below it: see dmesg' }
    case 'ENOENT':
      return { cause: 'the directory itself is deleted; mount the volume again or make the container anew' }
    case 'ESTALE':
    case 'ENOTCONN':
      return { cause: 'what is mounted is gone; unmount and mount it again' }
    default:
      return {}
  }
}

function noSpace(space: Look['space']): string {
  if (isToolError(space)) return 'the file system is full'
  if (space.inodes > 0n && space.freeInodes === 0n) {
    return `all ${space.inodes} inodes are in use, though ${formatSize(Number(space.free))} are free: delete files, or make it anew with more inodes`
  }
  if (space.free < SOME_BYTES) return `the file system is full (${formatSize(Number(space.size))})`
  return `${left(space)}: a quota or a reserve keeps them`
}

function left(space: Look['space']): string {
  return isToolError(space) ? 'whatever else is free' : `though ${formatSize(Number(space.free))} are free`
}

function denied(facts: Facts, { uid, gids }: Refused['access'], path: string) {
  const owned = `${path} belongs to ${facts.owner}:${facts.group}, mode ${facts.mode}`
  if (modeAllows(facts, uid, gids)) {
    return {
      cause: `${owned}, which would let that user write: look for an ACL, a SELinux or AppArmor label, root_squash of an NFS server, or a directory above that cannot be entered`,
      suggestion: `ls -lZd ${path}; getfacl ${path}`,
    }
  }
  return { cause: owned, suggestion: `chown -R --from=${facts.owner} ${uid} ${path}` }
}

/** Whether the permission bits alone would let the user make a file in the directory. */
export function modeAllows({ mode, owner, group }: Facts, uid: number, gids: readonly number[]): boolean {
  if (uid === 0) return true
  const bits = Number.parseInt(mode, 8)
  const needed = 0o3
  const shift = uid === owner ? 6 : gids.includes(group) ? 3 : 0
  return ((bits >> shift) & needed) === needed
}
