import { UsageError } from '../lib/errors.js'
import { parseReporterFlags, type ReporterRequest } from '../reporters/parse-reporter-flag.js'

/** What `--reporter` and `--json` ask for together; `--json` is `--reporter json` on stdout. */
export function requestsOf(
  flags: { readonly reporter?: readonly string[] | undefined; readonly json: boolean },
  runs: readonly string[] = [],
): readonly ReporterRequest[] {
  const given = flags.reporter ?? []
  const requests = parseReporterFlags(flags.json && !given.includes('json') ? [...given, 'json'] : given)
  const single = requests.find(({ name, path }) => path !== undefined || name === 'json')
  if (runs.length > 1 && single !== undefined)
    throw new UsageError(
      `${runs.length} runs make ${runs.length} reports, but ${single.path ?? 'a document'} can hold one`,
      {
        suggestions: ['name one run, or show them one after another with --reporter table'],
      },
    )
  return requests
}
