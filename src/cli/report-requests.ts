import { UsageError } from '../lib/errors.js'
import { type ReporterEntry, reporters } from '../reporters/index.js'
import { parseReporterFlags, type ReporterRequest } from '../reporters/parse-reporter-flag.js'

/** What `--reporter` and `--json` ask for together; `--json` is `--reporter json` on stdout. */
export function requestsOf(
  flags: { readonly reporter?: readonly string[] | undefined; readonly json: boolean },
  runs: readonly string[] = [],
): readonly ReporterRequest[] {
  const given = flags.reporter ?? []
  const requests = parseReporterFlags(flags.json && !given.includes('json') ? [...given, 'json'] : given)
  const single = requests.find(({ name, path }) => path !== undefined || isAlone(name))
  if (runs.length > 1 && single !== undefined)
    throw new UsageError(
      `${runs.length} runs make ${runs.length} reports, but ${single.path ?? 'a document'} can hold one`,
      {
        suggestions: ['name one run, or show them one after another with --reporter table'],
      },
    )
  return requests
}

function isAlone(name: ReporterRequest['name']): boolean {
  const entry: ReporterEntry = reporters[name]
  return entry.alone === true
}

/** Whether what stands on standard output is for a monitoring system, which knows exit codes of its own. */
export function isForNagios(requests: readonly ReporterRequest[]): boolean {
  return requests.some(({ name, path }) => name === 'nagios' && path === undefined)
}
