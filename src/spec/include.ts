/** Follows `include:` from the files given, depth first; every file is read once. */
import { dirname, resolve } from 'node:path'
import { type CheckFile, displayPath, listSection, mapSection, readCheckFile } from './check-file.js'
import { type PackUse, packFile, readPackUse } from './pack.js'
import type { Problems } from './problems.js'
import type { Span } from './source.js'
import type { MapNode } from './tree.js'
import { kindOf } from './validate.js'

export interface LoadedFile extends CheckFile {
  /** `defaults` that hold in it, innermost first. */
  readonly defaults: readonly MapNode[]
  readonly pack?: PackUse | undefined
  /** Path of the file, given on the command line, by which it came in. */
  readonly top: string
}

interface Walk {
  readonly cwd: string
  readonly problems: Problems
  readonly files: LoadedFile[]
  /** Where each file was included first; undefined for those given on the command line. */
  readonly seen: Map<string, Span | undefined>
  readonly packs: Map<string, Span>
}

export async function loadFiles(
  files: readonly string[],
  options: { readonly cwd: string; readonly problems: Problems },
): Promise<readonly LoadedFile[]> {
  const walk: Walk = { ...options, files: [], seen: new Map(), packs: new Map() }
  for (const file of files) {
    const path = resolve(options.cwd, file)
    if (!walk.seen.has(path)) await follow(path, undefined, { open: [], defaults: [] }, walk)
  }
  return walk.files
}

/** Files being read around this one, outermost first, and their defaults, innermost first. */
interface Around {
  readonly open: readonly CheckFile[]
  readonly defaults: readonly MapNode[]
}

async function follow(path: string, by: Span | undefined, around: Around, walk: Walk): Promise<void> {
  walk.seen.set(path, by)
  const file = await readCheckFile(path, { ...walk, by })
  if (file === undefined) return
  const own = mapSection(file.root, 'defaults', walk.problems)
  const defaults = own === undefined ? around.defaults : [own, ...around.defaults]
  walk.files.push({ ...file, defaults, top: around.open[0]?.source.path ?? path })
  const here = { open: [...around.open, file], defaults }
  for (const item of listSection(file.root, 'include', walk.problems)?.items ?? []) {
    if (item.type === 'map') await followPack(item, here, walk)
    else if (item.type === 'scalar' && typeof item.value === 'string') {
      await followPattern(item.value, item.span, file, here, walk)
    } else walk.problems.error(`expected a file name or { pack: … }, not ${kindOf(item)}`, item.span)
  }
}

async function followPattern(pattern: string, span: Span, from: CheckFile, around: Around, walk: Walk): Promise<void> {
  if (pattern.includes('${')) {
    walk.problems.error('"include" takes no ${…}', span)
    return
  }
  const cwd = dirname(from.source.path)
  const { glob, isDynamicPattern } = await import('tinyglobby')
  const dynamic = isDynamicPattern(pattern)
  const paths = dynamic
    ? await glob(pattern, { cwd, absolute: true, expandDirectories: false })
    : [resolve(cwd, pattern)]
  if (paths.length === 0) return walk.problems.error(`no file matches "${pattern}"`, span)
  for (const path of paths.map((found) => resolve(found)).toSorted()) {
    const cycle = around.open.findIndex(({ source }) => source.path === path)
    if (cycle !== -1) {
      const chain = [...around.open.slice(cycle), around.open[cycle]].map((file) => file?.source.file)
      walk.problems.error(`a cycle of includes: ${chain.join(' → ')}`, span)
    } else if (walk.seen.has(path)) {
      const first = walk.seen.get(path)
      const related = first === undefined ? [] : [{ message: 'included first here', span: first }]
      walk.problems.error(`"${pattern}" includes a file that was read already`, span, { related })
    } else {
      await follow(path, span, around, walk)
    }
  }
}

async function followPack(item: MapNode, around: Around, walk: Walk): Promise<void> {
  const use = readPackUse(item, walk.problems)
  if (use === undefined) return
  const first = walk.packs.get(use.as)
  if (first !== undefined) {
    const related = [{ message: 'taken first here', span: first }]
    walk.problems.error(`two packs are included as "${use.as}"`, use.asSpan, { related, hint: 'give each its own as:' })
  }
  walk.packs.set(use.as, use.asSpan)
  const found = await packFile(use, walk.problems)
  if (found === undefined) return
  const shown = found.shown ?? displayPath(found.path, walk.cwd)
  const file = await readCheckFile(found.path, { ...walk, by: use.span, pack: { as: use.as, shown } })
  if (file === undefined) return
  const own = mapSection(file.root, 'defaults', walk.problems)
  walk.files.push({
    ...file,
    defaults: own === undefined ? around.defaults : [own, ...around.defaults],
    pack: use,
    top: around.open[0]?.source.path ?? found.path,
  })
}
