/** One check file, read: its sections as trees, not yet interpolated and not yet merged with others. */
import { readFile } from 'node:fs/promises'
import { isAbsolute, relative, sep } from 'node:path'
import { isLater, LATER_ROOT_KEYS } from './later.js'
import type { Problems } from './problems.js'
import { readYaml } from './read-yaml.js'
import { createSource, type Source, type Span } from './source.js'
import { suggestOrList } from './suggest.js'
import { entry, type ListNode, type MapNode, type TreeNode } from './tree.js'
import { kindOf, notYet } from './validate.js'

export const ROOT_KEYS = [
  'version',
  'name',
  'include',
  'vars',
  'secrets',
  'connections',
  'defaults',
  'gate',
  'waivers',
  'notify',
  'ping',
  'checks',
] as const
export type RootKey = (typeof ROOT_KEYS)[number]

/** A pack is a parameterised part of a run; what belongs to the run as a whole has no place in it. */
export const PACK_KEYS: readonly RootKey[] = ['version', 'name', 'vars', 'defaults', 'checks']

export interface CheckFile {
  readonly source: Source
  readonly root: MapNode
}

/** The file, or undefined where it cannot be worked with; problems have been told then. */
export async function readCheckFile(
  path: string,
  options: {
    readonly cwd: string
    readonly problems: Problems
    /** What asked for the file. */
    readonly by?: Span | undefined
    readonly pack?: { readonly as: string; readonly shown: string }
  },
): Promise<CheckFile | undefined> {
  const shown = options.pack?.shown ?? displayPath(path, options.cwd)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why =
      code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8' : code === 'ENOENT' ? 'no such file' : code
    options.problems.error(`cannot read ${shown}: ${why}`, options.by)
    return undefined
  }
  const source = createSource(shown, path, text, options.pack?.as)
  const root = readYaml(source, options.problems)
  if (root === undefined) return undefined
  if (root.type !== 'map') {
    options.problems.error(`a check file is a mapping, not ${kindOf(root)}`, root.span)
    return undefined
  }
  refuseRootKeys(root, source, options.problems)
  refuseVersion(root, options.problems)
  return { source, root }
}

export function displayPath(path: string, cwd: string): string {
  const below = relative(cwd, path)
  return below === '' || below.startsWith(`..${sep}`) || isAbsolute(below) ? path : below.split(sep).join('/')
}

function refuseRootKeys(root: MapNode, source: Source, problems: Problems): void {
  const allowed: readonly string[] = source.pack === undefined ? ROOT_KEYS : PACK_KEYS
  for (const { key, keySpan } of root.entries) {
    if (allowed.includes(key)) continue
    if (isLater(LATER_ROOT_KEYS, key)) problems.error(notYet(`"${key}"`), keySpan)
    else if (isLater(ROOT_KEYS, key)) problems.error(`a pack cannot have "${key}"`, keySpan)
    else problems.error(`unknown key "${key}"`, keySpan, { hint: suggestOrList(key, allowed) })
  }
}

function refuseVersion(root: MapNode, problems: Problems): void {
  const version = entry(root, 'version')
  if (version === undefined) {
    const start = { ...root.span, end: root.entries[0]?.keySpan.end ?? root.span.start + 1 }
    problems.error('missing "version"', start, { hint: 'a check file begins with version: 1' })
  } else if (version.value.type !== 'scalar' || version.value.value !== 1) {
    problems.error('this version of postflight reads version: 1', version.value.span)
  }
}

/** A section that must be a mapping; undefined where it is left out or is none, which is told. */
export function mapSection(root: MapNode, key: RootKey, problems: Problems): MapNode | undefined {
  return section(root, key, 'map', problems) as MapNode | undefined
}

export function listSection(root: MapNode, key: RootKey, problems: Problems): ListNode | undefined {
  return section(root, key, 'list', problems) as ListNode | undefined
}

function section(root: MapNode, key: RootKey, type: 'map' | 'list', problems: Problems): TreeNode | undefined {
  const found = entry(root, key)
  if (found === undefined || found.value.type === type) return found?.value
  if (found.value.type !== 'hole') {
    const expected = type === 'map' ? 'a mapping' : 'a list'
    problems.error(`"${key}": expected ${expected}, not ${kindOf(found.value)}`, found.keySpan)
  }
  return undefined
}
