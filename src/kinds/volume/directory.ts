/** What a look says of the directory and its file system, as subjects. Pure. */

import { isAbsence, type ToolError } from '../../probes/error-text.js'
import { type Facts, isToolError, type Look, type Space } from '../../probes/volume-look.js'
import type { Observed, Unobserved } from '../kind.js'

type Subjects = Readonly<Record<string, Observed>>

export function directorySubjects(facts: Facts | ToolError, look: Pick<Look, 'empty' | 'caseSensitive'>): Subjects {
  if (isToolError(facts)) {
    return all(['owner', 'group', 'mode', 'links', 'empty', 'case_sensitive'], { unobserved: reasonFor(facts) })
  }
  const { owner, group, mode, links, type } = facts
  const unlisted = type === 'directory' ? 'the directory cannot be listed' : 'it is no directory'
  return {
    owner,
    group,
    mode,
    links,
    empty: look.empty ?? { unobserved: unlisted },
    case_sensitive: look.caseSensitive ?? {
      unobserved: 'no name in it tells; the write probe would, if writable is expected',
    },
  }
}

export function roomSubjects(space: Space | ToolError, type: string): Subjects {
  if (isToolError(space)) return all(['size', 'free', 'inodes', 'free_inodes'], { unobserved: reasonFor(space) })
  const uncounted = { unobserved: `the file system (${type}) does not count inodes, so they do not run out` }
  const unsized = { unobserved: `the file system (${type}) does not say how large it is` }
  return {
    size: space.size === 0n ? unsized : plain(space.size),
    free: space.size === 0n ? unsized : plain(space.free),
    inodes: space.inodes === 0n ? uncounted : plain(space.inodes),
    free_inodes: space.inodes === 0n ? uncounted : plain(space.freeInodes),
  }
}

function plain(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

export function all(names: readonly string[], value: Unobserved): Subjects {
  return Object.fromEntries(names.map((name) => [name, value]))
}

export function reasonFor(error: ToolError): string {
  return isAbsence(error) ? 'nothing is there' : error.text
}
