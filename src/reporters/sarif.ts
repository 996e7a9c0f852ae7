/**
 * SARIF 2.1.0 as GitHub code scanning takes it: a rule a check, a result for each that has to be looked at, at the line of
 * the check file. No result at all closes the alerts of the run before.
 */
import type { Severity } from '../kinds/kind.js'
import { escapeJson } from '../lib/text-escape.js'
import { checkWords, outcomeOf, waiverText } from './check-words.js'
import type { CheckReport, RunReport } from './collect.js'
import { createDocument, type DocumentContext, runName } from './document.js'
import { fingerprint } from './fingerprint.js'
import { heldAgainstWhole } from './held-against.js'
import { circumstanceLine, flatLine, headLine, isTrouble, safeLine, wordLines, worstFirst } from './lay-out.js'
import type { Reporter, ReporterOptions } from './reporter.js'
import { relatedLocations, sarifLocation } from './sarif-location.js'
import { verdictOf, verdictText } from './verdict.js'
import { within } from './within.js'

/** GitHub takes 10 MB compressed and 25,000 rules and results of a run; uncompressed is on the safe side. */
const MOST_BYTES = 10_000_000
const MOST_RESULTS = 25_000
const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json'

const LEVEL = { critical: 'error', high: 'error', medium: 'warning', low: 'warning', info: 'note' } as const

export function createSarif(options: ReporterOptions): Reporter {
  return createDocument(options, sarifText)
}

export function sarifText(run: RunReport, context: DocumentContext): string {
  const { start, end, checks } = run
  const listed = worstFirst(checks)
  const told = listed.slice(0, MOST_RESULTS)
  const { texts, shortened, left } = within(
    told.map((check) => ({ whole: JSON.stringify(entry(check, context)), short: JSON.stringify(entry(check)) })),
    MOST_BYTES,
  )
  const entries = texts.map((text) => JSON.parse(text) as ReturnType<typeof entry>)
  const missing = listed.length - told.length + left
  const cut = [
    ...(shortened === 0 ? [] : [`of ${shortened} checks no more than the outcome is told: GitHub takes 10 MB`]),
    ...(missing === 0 ? [] : [`${missing} checks are left out, the least severe: GitHub takes 25,000 of a run`]),
  ]
  const notes = [...start.warnings, ...(end?.warnings ?? []), ...cut].map((warning) => note(warning, 'warning'))
  const verdict = verdictText(verdictOf(start, end))
  const document = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'postflight',
            version: safeLine(start.versions.postflight),
            rules: entries.map(({ rule }) => rule),
          },
        },
        automationDetails: { id: `postflight/${safeLine(runName(run)).replaceAll('/', '-')}/${safeLine(start.run)}` },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            // What was found wrong is a success of the tool; what could not be told is none.
            executionSuccessful: end?.exit.code === 0 || end?.exit.code === 1,
            startTimeUtc: start.at,
            ...(end === undefined ? {} : { endTimeUtc: end.at, exitCode: end.exit.code }),
            exitCodeDescription: safeLine(verdict),
            machine: safeLine(start.host),
            toolExecutionNotifications: [note(verdict, end?.exit.code === 0 ? 'note' : 'error'), ...notes],
          },
        ],
        results: entries.flatMap(({ result }, ruleIndex) => (result === undefined ? [] : [{ ...result, ruleIndex }])),
        properties: {
          checks: entries.map(({ outcome }) => outcome),
          ...(start.baseline === undefined ? {} : { baseline: safeLine(heldAgainstWhole(start.baseline)) }),
        },
      },
    ],
  }
  return `${escapeJson(JSON.stringify(document))}\n`
}

function note(text: string, level: 'note' | 'warning' | 'error') {
  return { level, message: { text: safeLine(text, 2000) } }
}

/** Without a context: no more than the outcome and why. */
function entry(check: CheckReport, context?: DocumentContext) {
  const { planned, end } = check
  const { severity } = planned
  const id = safeLine(planned.id)
  const title = safeLine(planned.title ?? planned.id)
  const fix = [flatLine(planned.remediation), ...(planned.runbook === undefined ? [] : [safeLine(planned.runbook)])]
  const rule = {
    id,
    name: safeLine(planned.kind),
    shortDescription: { text: title },
    fullDescription: { text: `${title}: ${fix[0]}`.slice(0, 1000) },
    help: { text: [...fix, circumstanceLine(check)].join('\n') },
    defaultConfiguration: { level: LEVEL[severity] },
    properties: {
      tags: planned.tags.slice(0, 10).map((tag) => safeLine(tag, 100)),
      severity,
      owner: safeLine(planned.owner),
    },
  }
  const outcome = {
    id,
    outcome: outcomeOf(check),
    severity,
    owner: rule.properties.owner,
    vantage: safeLine(end?.vantage ?? planned.vantage),
    attempts: end?.attempts.length ?? 0,
    duration_ms: end?.duration_ms ?? 0,
    message: headLine(check),
    counts: end?.counts ?? {},
  }
  const waiver = end?.waiver
  if (!isTrouble(check) && waiver === undefined) return { rule, outcome, result: undefined }
  const lines = [
    `${id}: ${headLine(check)}`,
    ...(context === undefined ? [] : wordLines(checkWords(check, context))),
    circumstanceLine(check),
  ]
  const result = {
    ruleId: id,
    level: levelOf(check, severity),
    message: { text: lines.join('\n') },
    locations: [sarifLocation(planned.place)],
    ...(context === undefined ? {} : relatedLocations(check)),
    partialFingerprints: { primaryLocationLineHash: `${fingerprint(planned.id)}:1` },
    ...(waiver === undefined
      ? {}
      : {
          suppressions: [
            {
              kind: 'external',
              status: 'accepted',
              justification: safeLine(`${waiverText(waiver)}: ${waiver.reason}`),
            },
          ],
        }),
  }
  return { rule, outcome, result }
}

/** What only warns is no error, and what is accepted a note. */
function levelOf(check: CheckReport, severity: Severity): 'error' | 'warning' | 'note' {
  if (check.end?.waiver !== undefined) return 'note'
  if (outcomeOf(check) === 'warn') return LEVEL[severity] === 'note' ? 'note' : 'warning'
  return LEVEL[severity]
}
