/** Values inside a JSON text, by JSON path (RFC 9535), as subjects. The library is loaded when a path is first asked for. */
import { CheckError } from '../lib/errors.js'
import type { Json, Value } from '../lib/value.js'

export interface Unseen {
  readonly unobserved: string
}

/**
 * One value for each path, or why there is none. A path that names one place gives what is there, null where nothing
 * is; one that may name several gives a list. Objects in a list are given as their JSON text.
 */
export async function valuesAt(
  text: string,
  paths: readonly string[],
  what: string,
): Promise<Readonly<Record<string, Value | Unseen>>> {
  const document = parsed(text, what)
  const { query } = await import('jsonpath-rfc9535')
  const { default: parse } = await import('jsonpath-rfc9535/parser')
  return Object.fromEntries(
    paths.map((path) => {
      const single = names(path, () => isSingular(parse(path)))
      if ('unobserved' in document) return [path, document]
      const found = query(document.json as never, path) as readonly Json[]
      return [path, single ? subjectOf(found[0] ?? null) : listOf(found)]
    }),
  )
}

function names<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new CheckError(`"${path}" is not a JSON path`, {
      cause,
      hint: 'JSON paths (RFC 9535) look like $.items[0].id',
    })
  }
}

function parsed(text: string, what: string): { readonly json: Json } | Unseen {
  try {
    return { json: JSON.parse(text.replace(/^\uFEFF/, '')) as Json }
  } catch {
    // The parser's own message quotes the text.
    return { unobserved: `${what} is not JSON` }
  }
}

interface Query {
  readonly segments: readonly { readonly type: string; readonly node: { readonly type: string } }[]
}

/** Only names and indexes, each one alone. */
function isSingular({ segments }: Query): boolean {
  return segments.every(({ type, node }) => {
    if (type !== 'ChildSegment') return false
    if (node.type === 'MemberNameShorthand') return true
    const selectors = 'selectors' in node ? (node.selectors as readonly { readonly type: string }[]) : []
    const [only] = selectors
    return selectors.length === 1 && (only?.type === 'NameSelector' || only?.type === 'IndexSelector')
  })
}

function subjectOf(json: Json): Value | Unseen {
  if (Array.isArray(json)) return listOf(json)
  if (typeof json === 'object' && json !== null) return { unobserved: 'it is an object; name a value inside of it' }
  return isRounded(json) ? ROUNDED : (json as Value)
}

const ROUNDED = { unobserved: 'it is a number too large to be read exactly' }

function listOf(items: readonly Json[]): readonly Value[] | Unseen {
  if (items.some(isRounded)) return ROUNDED
  return items.map((item) => (typeof item === 'object' && item !== null ? JSON.stringify(item) : (item as Value)))
}

function isRounded(json: Json): boolean {
  return typeof json === 'number' && Number.isInteger(json) && !Number.isSafeInteger(json)
}
