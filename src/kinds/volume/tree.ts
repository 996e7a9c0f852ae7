/** What a walk of the whole tree tells: what a copy may have lost without losing a file. */
import { CheckError } from '../../lib/errors.js'
import { keyToJson } from '../../lib/key.js'
import { formatDuration } from '../../lib/units.js'
import { brokenLinks, capableFiles, treeAt } from '../../probes/tree.js'
import { isToolError, type Options } from '../../probes/volume-look.js'
import type { Vantage } from '../../vantage/vantage.js'
import type { Finding, Observed } from '../kind.js'
import type { VolumeSpec } from './schema.js'
import { TREE } from './tree-subjects.js'

export interface Walked {
  readonly subjects: Readonly<Record<string, Observed>>
  readonly findings: readonly Finding[]
}

export async function walked(spec: VolumeSpec, vantage: Vantage, options: Options): Promise<Walked> {
  if (spec.tree === undefined) return { subjects: {}, findings: [] }
  try {
    return await walk(spec, vantage, options)
  } catch (error) {
    if (!(error instanceof CheckError)) throw error
    return { subjects: Object.fromEntries(TREE.map(({ name }) => [name, { unobserved: error.message }])), findings: [] }
  }
}

async function walk({ path }: VolumeSpec, vantage: Vantage, options: Options): Promise<Walked> {
  const tree = await treeAt(vantage, path, options)
  if (isToolError(tree)) {
    const reason = `a part of the tree cannot be looked at: ${tree.text}`
    return { subjects: Object.fromEntries(TREE.map(({ name }) => [name, { unobserved: reason }])), findings: [] }
  }
  const broken = await brokenLinks(vantage, path, options)
  const capable = await capableFiles(vantage, path, options)
  return {
    subjects: {
      tree_entries: tree.entries,
      owners: tree.owners,
      setgid_directories: tree.setgidDirectories,
      hardlinked: tree.hardlinked,
      sparse: tree.sparse,
      broken_links: 'text' in broken ? { unobserved: broken.text } : broken.length,
      capable: isToolError(capable) ? { unobserved: capable.text } : capable,
      newest_age: ageOf(tree.newestAgeMs),
      oldest_age: ageOf(tree.oldestAgeMs),
    },
    findings: 'text' in broken ? [] : broken.map((key) => ({ finding: 'broken_links', ...keyToJson(key) })),
  }
}

/** Clocks of file servers may differ by that; a file further ahead would look fresh for long. */
const AHEAD_MS = 5000

function ageOf(ms: number | undefined): Observed {
  if (ms === undefined) return { unobserved: 'there is no file' }
  if (ms < -AHEAD_MS) return { unobserved: `that file is dated ${formatDuration(-ms)} in the future` }
  return Math.max(0, ms)
}
