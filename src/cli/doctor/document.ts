/** What doctor found as one JSON document. */
import { vantageText } from '../../vantage/schema.js'
import { problemJson } from '../estimate/document.js'
import type { Examined, Exit, Right } from './result.js'

export function doctorDocument(all: readonly Examined[], files: readonly string[], exit: Exit) {
  return { version: 1, files, connections: all.map(connectionJson), exit }
}

function connectionJson({ name, type, from, outcome }: Examined) {
  const place = { name, type, ...(from === 'local' ? {} : { from: vantageText(from) }) }
  if ('problem' in outcome) return { ...place, opened: false, error: problemJson(outcome.problem) }
  const { seen } = outcome
  return {
    ...place,
    opened: true,
    server: seen.server,
    database: seen.database,
    role: seen.role,
    standing: seen.standing,
    tls: seen.tls,
    latency_ms: Number(seen.latencyMs.toPrecision(3)),
    clock_skew_ms: seen.skewMs === undefined ? undefined : Math.round(seen.skewMs),
    too_few: seen.tooFew.map(rightJson),
    too_many: seen.tooMany.map(rightJson),
    not_told: seen.untold.map(({ check, problem }) => ({ check, error: problemJson(problem) })),
    notes: seen.notes,
  }
}

function rightJson({ what, fix, checks }: Right) {
  return { right: what, fix, ...(checks.length === 0 ? {} : { checks }) }
}
