/** JSON paths (RFC 9535). The package is loaded when the first path is read: most check files have none. */
import { createRequire } from 'node:module'

type Library = typeof import('jsonpath-rfc9535')

function library(): Library {
  return createRequire(import.meta.url)('jsonpath-rfc9535') as Library
}

/** Why the text is no JSON path; undefined where it is one. */
export function jsonPathProblem(path: string): string | undefined {
  try {
    library().query(null, path)
    return undefined
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const offset = placeOf(error)
    const where =
      offset === undefined ? '' : offset >= path.length ? ', it ends too early' : `, see "${path.slice(offset)}"`
    return `"${path}" is not a JSON path (RFC 9535)${where}`
  }
}

/** The values at a path that is one, in the order of the document. Throws a RangeError where it is nested too deep. */
export function jsonPathValues(value: unknown, path: string): readonly unknown[] {
  return library().query(value as Parameters<Library['query']>[0], path)
}

function placeOf(error: Error): number | undefined {
  const { location } = error as Error & { readonly location?: { readonly start?: { readonly offset?: number } } }
  return location?.start?.offset
}
