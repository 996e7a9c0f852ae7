/** Puts the sections of several files together: one name space for variables, secrets and connections, one gate. */
import { isDeepStrictEqual } from 'node:util'
import { mapSection, type RootKey } from './check-file.js'
import type { LoadedFile } from './include.js'
import type { Problems } from './problems.js'
import { entry, type MapEntry, toPlain } from './tree.js'

/**
 * The entries of a section over all files but packs. A name declared twice is an error that shows both places, unless
 * the declarations are equal, so that each file of a folder can also be checked alone.
 */
export function mergeSection(
  files: readonly LoadedFile[],
  key: RootKey,
  what: string,
  problems: Problems,
): readonly MapEntry[] {
  const merged = new Map<string, MapEntry>()
  for (const file of files) {
    if (file.pack !== undefined) continue
    for (const item of mapSection(file.root, key, problems)?.entries ?? []) {
      const first = merged.get(item.key)
      if (first === undefined) merged.set(item.key, item)
      else if (!isDeepStrictEqual(toPlain(first.value), toPlain(item.value))) {
        const related = [{ message: 'declared first here', span: first.keySpan }]
        problems.error(`${what} "${item.key}" is declared twice`, item.keySpan, { related })
      }
    }
  }
  return [...merged.values()]
}

/** Each key of `gate` may be set once over all files: two gates would leave open which one holds. */
export function gateEntries(files: readonly LoadedFile[], problems: Problems): readonly MapEntry[] {
  const merged = new Map<string, MapEntry>()
  for (const file of files) {
    if (file.pack !== undefined) continue
    for (const item of mapSection(file.root, 'gate', problems)?.entries ?? []) {
      const first = merged.get(item.key)
      if (first !== undefined) {
        const related = [{ message: 'set first here', span: first.keySpan }]
        problems.error(`"gate.${item.key}" may be set once`, item.keySpan, { related })
      } else merged.set(item.key, item)
    }
  }
  return [...merged.values()]
}

/** `name` may be set once among a file and what it includes; several files given side by side are named together. */
export function nameEntries(files: readonly LoadedFile[], problems: Problems): readonly MapEntry[] {
  const names: { readonly root: unknown; readonly item: MapEntry }[] = []
  for (const file of files) {
    const item = entry(file.root, 'name')
    if (item === undefined || file.pack !== undefined) continue
    const first = names.find(({ root }) => root === file.top)
    if (first === undefined) names.push({ root: file.top, item })
    else {
      const related = [{ message: 'set first here', span: first.item.keySpan }]
      problems.error('"name" may be set once', item.keySpan, { related })
    }
  }
  return names.map(({ item }) => item)
}
