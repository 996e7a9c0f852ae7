/**
 * Which modules lie in one file. The bundler alone would make some three hundred, for it parts whatever is not needed by
 * the same commands; what every run loads anyway is sooner read in one piece.
 */
import path from 'node:path'
import type { ChunkingContext, CodeSplittingGroup } from 'rolldown'

/** Loaded by every run of artifacts in files, some of them only when it is known to be one. The other kinds stay on their own. */
const RUN = [
  'commands/verify.js',
  'cli/verify.js',
  'cli/check-files.js',
  'cli/run-request.js',
  'kinds/index.js',
  'kinds/artifacts/kind.js',
  'reporters/table.js',
  'reporters/presenters.js',
]

type Group = 'threads' | 'start' | 'run'

/** `found` and `beside` stay files of their own; the latter are started as threads and processes. */
export function groupOf(found: readonly string[], beside: readonly string[]): CodeSplittingGroup {
  const alone = new Set([...found, ...beside].map((file) => path.resolve(file)))
  let groups: ReadonlyMap<string, Group> | undefined
  return {
    debugName: 'groups.ts',
    name: (id, context) => {
      groups ??= grouped(beside, context)
      return alone.has(id) ? null : (groups.get(id) ?? null)
    },
  }
}

/** A module belongs to the first that needs it: a thread is not to read what the command needs, nor `--help` what a run does. */
function grouped(beside: readonly string[], context: ChunkingContext): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>()
  const take = (id: string, group: Group): void => {
    const module = context.getModuleInfo(id)
    if (module === null || groups.has(id)) return
    groups.set(id, group)
    for (const needed of module.importedIds) take(needed, group)
  }
  const takeAll = (files: readonly string[], group: Group): void => {
    for (const file of files) {
      const id = path.resolve(file)
      if (context.getModuleInfo(id) === null) throw new Error(`${file} is not there: see packaging/groups.ts`)
      take(id, group)
    }
  }
  takeAll(beside, 'threads')
  takeAll(['dist/main.js'], 'start')
  takeAll(
    RUN.map((file) => `dist/${file}`),
    'run',
  )
  return groups
}
