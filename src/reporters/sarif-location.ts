/** Places in check files, as SARIF writes them. */
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Excerpt } from '../lib/position.js'
import type { CheckReport } from './collect.js'
import { safeLine } from './lay-out.js'

const MOST_RELATED = 10

export function sarifLocation(place: Excerpt) {
  const endLine = place.endLine ?? place.line
  // To the end of the line where the place has none. An end is exclusive, and no region is empty.
  const last = place.endColumn ?? place.text.length + 1
  const endColumn = endLine === place.line ? Math.max(last, place.column + 1) : last
  const region = { startLine: place.line, startColumn: place.column, endLine, endColumn }
  return { physicalLocation: { artifactLocation: { uri: uriOf(place.file) }, region } }
}

/** Where the error is, and the assertions that do not hold. */
export function relatedLocations({ end }: CheckReport) {
  const broken = (end?.assertions ?? []).flatMap(({ ok, place, subject }) =>
    ok || place === undefined ? [] : [{ place, text: `expectation of ${subject}` }],
  )
  const places = [...(end?.at_place === undefined ? [] : [{ place: end.at_place, text: 'the error' }]), ...broken]
  if (places.length === 0) return {}
  return {
    relatedLocations: places.slice(0, MOST_RELATED).map(({ place, text }, id) => ({
      id,
      ...sarifLocation(place),
      message: { text: safeLine(text) },
    })),
  }
}

/** Relative as the check file was named, so that it is found in a repository the run was started in. */
function uriOf(file: string): string {
  const wellFormed = file.replace(/\p{Surrogate}/gu, '\ufffd')
  if (isAbsolute(wellFormed)) return pathToFileURL(wellFormed).href
  return wellFormed
    .replace(/^(?:\.\/)+/, '')
    .split('/')
    .map(encodeURIComponent)
    .join('/')
}
