/** Finds every check of every file, gives it its full id and lays override, own fields and defaults over each other. */
import type { Kind } from '../kinds/kind.js'
import { didYouMean } from '../lib/did-you-mean.js'
import { listSection } from './check-file.js'
import { commonShape, DEFAULT_KEYS, defaultsSchema } from './common.js'
import type { LoadedFile } from './include.js'
import { isLater, LATER_CHECK_KEYS, LATER_KINDS } from './later.js'
import { ID, ID_FORM } from './pack.js'
import type { Problems } from './problems.js'
import type { Span } from './source.js'
import { suggestOrList } from './suggest.js'
import { entry, field, type MapEntry, type MapNode, type TreeNode, textOf } from './tree.js'
import { kindOf, notYet, refuseUnknownKeys, validate } from './validate.js'

export type Layer = 'check' | 'defaults' | 'override'

/** A check before `for_each` and `${…}` are resolved. */
export interface RawCheck {
  readonly id: string
  /** `check "orders" (kind rows)`. */
  readonly what: string
  readonly idSpan: Span
  /** Undefined where the kind is unknown, which has been told. */
  readonly kind: Kind | undefined
  /** All its fields, but `id` and `kind`. */
  readonly tree: MapNode
  readonly layers: ReadonlyMap<string, Layer>
  readonly file: LoadedFile
  readonly unknownKeys: boolean
}

const COMMON_KEYS = Object.keys(commonShape)

export interface KnownKinds {
  readonly names: readonly string[]
  /** Those that the check files name. */
  readonly loaded: readonly Kind[]
}

/** What the checks of all files call their kinds, whether there are such or not. */
export function kindsNamed(files: readonly LoadedFile[]): readonly string[] {
  return files.flatMap(({ root }) => {
    const checks = field(root, 'checks')
    if (checks?.type !== 'list') return []
    return checks.items.flatMap((item) => (item.type === 'map' ? (textOf(field(item, 'kind')) ?? []) : []))
  })
}

export function rawChecks(files: readonly LoadedFile[], kinds: KnownKinds, problems: Problems): readonly RawCheck[] {
  const checks: RawCheck[] = []
  const seen = new Map<string, Span>()
  for (const file of files) {
    for (const defaults of file.defaults) refuseBadDefaults(defaults, problems)
    const inPack = new Set<string>()
    for (const item of listSection(file.root, 'checks', problems)?.items ?? []) {
      const id = readId(item, problems)
      if (id === undefined || item.type !== 'map') continue
      inPack.add(id.text)
      if (file.pack?.except.some((left) => left.id === id.text)) continue
      const full = file.pack === undefined ? id.text : `${file.pack.as}.${id.text}`
      const first = seen.get(full)
      if (first !== undefined) {
        problems.error(`two checks have the id "${full}"`, id.span, {
          related: [{ message: 'the first is here', span: first }],
        })
      } else seen.set(full, id.span)
      checks.push(rawCheck(item, full, id, file, kinds, problems))
    }
    refuseUnknownIds(file, [...inPack], problems)
  }
  return checks
}

interface Id {
  readonly text: string
  readonly span: Span
}

function readId(item: TreeNode, problems: Problems): Id | undefined {
  if (item.type !== 'map') {
    if (item.type !== 'hole') problems.error(`a check is a mapping, not ${kindOf(item)}`, item.span)
    return undefined
  }
  const id = entry(item, 'id')
  const text = textOf(id?.value)
  if (id === undefined) problems.error('a check has no "id"', item.entries[0]?.keySpan ?? item.span)
  else if (text === undefined || !ID.test(text)) {
    problems.error(`"${text ?? kindOf(id.value)}" cannot be an id`, id.value.span, { hint: ID_FORM })
  } else return { text, span: id.value.span }
  return undefined
}

function rawCheck(
  item: MapNode,
  full: string,
  id: Id,
  file: LoadedFile,
  kinds: KnownKinds,
  problems: Problems,
): RawCheck {
  const kind = readKind(item, full, id.span, kinds, problems)
  const what = `check "${full}"${kind === undefined ? '' : ` (kind ${kind.name})`}`
  const override = file.pack?.override === undefined ? undefined : field(file.pack.override, id.text)
  const layers = new Map<string, Layer>()
  const entries: MapEntry[] = []
  const add = (map: TreeNode | undefined, layer: Layer, allowed?: readonly string[]): void => {
    for (const found of map?.type === 'map' ? map.entries : []) {
      if (layers.has(found.key) || (allowed !== undefined && !allowed.includes(found.key))) continue
      if (found.key === 'id' || found.key === 'kind') {
        if (layer === 'override') problems.error(`"${found.key}" cannot be overridden`, found.keySpan)
        continue
      }
      layers.set(found.key, layer)
      entries.push(found)
    }
  }
  add(override, 'override')
  add(item, 'check')
  for (const defaults of file.defaults) add(defaults, 'defaults', DEFAULT_KEYS)
  const tree: MapNode = { type: 'map', entries, span: item.span }
  const before = problems.errors()
  if (kind !== undefined) refuseKeys(tree, what, kind, problems)
  const unknownKeys = problems.errors() > before
  return { id: full, what, idSpan: id.span, kind, tree, layers, file, unknownKeys }
}

function readKind(
  item: MapNode,
  id: string,
  idSpan: Span,
  { names, loaded }: KnownKinds,
  problems: Problems,
): Kind | undefined {
  const node = field(item, 'kind')
  const name = textOf(node)
  const kind = loaded.find((candidate) => candidate.name === name)
  if (kind !== undefined) return kind
  const known = `known: ${names.join(', ')}`
  if (node === undefined) problems.error(`check "${id}" has no "kind"`, idSpan, { hint: known })
  else if (name === undefined)
    problems.error(`"kind" of check "${id}": expected a text, not ${kindOf(node)}`, node.span)
  else if (isLater(LATER_KINDS, name)) problems.error(notYet(`kind "${name}"`), node.span, { hint: known })
  else problems.error(`unknown kind "${name}" in check "${id}"`, node.span, { hint: didYouMean(name, names) ?? known })
  return undefined
}

function refuseKeys(tree: MapNode, what: string, kind: Kind, problems: Problems): void {
  const known = ['id', 'kind', ...Object.keys(kind.schema.shape), ...COMMON_KEYS]
  const later = tree.entries.filter(({ key }) => isLater(LATER_CHECK_KEYS, key) && !known.includes(key))
  for (const { key, keySpan } of later) problems.error(notYet(`"${key}"`), keySpan)
  refuseUnknownKeys({ ...tree, entries: tree.entries.filter((item) => !later.includes(item)) }, known, what, problems)
}

/** Whether the values fit is told where they are used, since they may hold references; here the keys are closed. */
function refuseBadDefaults(defaults: MapNode, problems: Problems): void {
  const later = new Set(LATER_CHECK_KEYS as readonly string[])
  for (const { key, keySpan } of defaults.entries) if (later.has(key)) problems.error(notYet(`"${key}"`), keySpan)
  const plain = defaults.entries.filter(
    ({ key, value }) => !later.has(key) && !JSON.stringify(value, shape).includes('${'),
  )
  validate(defaultsSchema, { ...defaults, entries: plain }, { what: '"defaults"', at: defaults.span }, problems)
}

function shape(key: string, value: unknown): unknown {
  return key === 'span' || key === 'keySpan' ? undefined : typeof value === 'bigint' ? String(value) : value
}

function refuseUnknownIds(file: LoadedFile, ids: readonly string[], problems: Problems): void {
  if (file.pack === undefined) return
  const named = [
    ...(file.pack.override?.entries ?? []).map(({ key, keySpan }) => ({ id: key, span: keySpan })),
    ...file.pack.except,
  ]
  for (const { id, span } of named) {
    if (ids.includes(id)) continue
    problems.error(`the pack "${file.pack.pack}" has no check "${id}"`, span, { hint: suggestOrList(id, ids) })
  }
}
