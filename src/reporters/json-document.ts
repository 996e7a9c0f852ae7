/** The versioned document of `--json` and `--reporter json`. Bounded: counts, and the first findings of each check. */
import type { AssertionResult } from '../engine/events.js'
import type { Excerpt } from '../lib/position.js'
import type { CheckReport, RunReport } from './collect.js'

export const FINDINGS_EACH = 20

export function jsonDocument({ start, checks, end }: RunReport) {
  return {
    schema_version: 1,
    tool: { name: 'postflight', version: start.versions.postflight, node: start.versions.node },
    run: {
      id: start.run,
      name: start.name,
      started_at: start.at,
      finished_at: end?.at ?? null,
      duration_ms: end?.duration_ms ?? null,
      host: start.host,
      files: start.files,
      selection: start.selection,
      baseline: start.baseline,
      part: start.shard === undefined ? undefined : { number: start.shard.number, of: start.shard.of },
      parts: start.parts,
      interrupted: end?.interrupted,
    },
    // Null where the run broke off: no verdict is known, and none is made up.
    exit: end === undefined ? null : end.exit,
    gate: {
      status: end?.gate.status ?? null,
      reason: end?.gate.reason ?? null,
      failed: end?.gate.failed ?? [],
      unevaluated: end?.gate.unevaluated ?? [],
      warned: end?.gate.warned ?? [],
      fail_on: start.gate.failOn,
      warnings: start.gate.warnings,
      when_unevaluated: start.gate.unevaluated,
      min_checks: start.gate.minChecks,
      allow_empty: start.gate.allowEmpty,
    },
    counts: end === undefined ? null : { ...end.tally.outcomes, ...counts(end.tally) },
    warnings: [...start.warnings, ...(end?.warnings ?? [])],
    checks: checks.map(checkDocument),
  }
}

function counts({ checks, evaluated, findings, known, assertions }: Record<CountName, number>) {
  return { checks, evaluated, findings, known, assertions }
}

type CountName = 'checks' | 'evaluated' | 'findings' | 'known' | 'assertions'

function checkDocument({ planned, end, findings }: CheckReport) {
  const { place, plan: _, vantage, ...common } = planned
  return {
    ...common,
    ...position(place),
    outcome: end?.outcome ?? null,
    message: end?.message,
    hint: end?.hint,
    error_at: end?.at_place === undefined ? undefined : position(end.at_place),
    vantage: end?.vantage ?? vantage,
    method: end?.method,
    attempts: end?.attempts ?? [],
    duration_ms: end?.duration_ms ?? null,
    subjects: end?.subjects ?? {},
    unobserved: end?.unobserved ?? {},
    withheld: end?.withheld,
    types: end?.types,
    assertions: end?.assertions.map(assertionDocument) ?? [],
    counts: end?.counts ?? {},
    known: end?.known ?? 0,
    findings: findings.slice(0, FINDINGS_EACH),
    gaps: end?.gaps ?? [],
    diagnoses: end?.diagnoses ?? [],
    recovery: end?.recovery,
    notes: end?.notes ?? [],
    waiver: end?.waiver,
  }
}

function assertionDocument({ place, ...assertion }: AssertionResult) {
  return { ...assertion, ...(place === undefined ? {} : position(place)) }
}

/** Without the text of the line: the place is enough, and a line of a check file may say more than is asked for. */
function position({ file, line, column }: Excerpt) {
  return { file, line, column }
}
