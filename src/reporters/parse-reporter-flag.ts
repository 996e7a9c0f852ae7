import { didYouMean } from '../lib/did-you-mean.js'
import { UsageError } from '../lib/errors.js'
import { REPORTER_NAMES, type ReporterName } from './index.js'

export interface ReporterRequest {
  readonly name: ReporterName
  /** Undefined: standard output. */
  readonly path?: string | undefined
}

/** Reads `NAME[:PATH]` as often as it was given; `-` is standard output. At most one may write there. */
export function parseReporterFlags(values: readonly string[]): ReporterRequest[] {
  const requests = values.map(parseOne)
  const toStdout = requests.filter(({ path }) => path === undefined)
  if (toStdout.length > 1)
    throw new UsageError(
      `only one reporter can write to standard output, not ${toStdout.map(({ name }) => name).join(' and ')}`,
      {
        suggestions: [`give the others a file: --reporter ${toStdout[1]?.name}:PATH`],
      },
    )
  const paths = requests.flatMap(({ path }) => path ?? [])
  const twice = paths.find((path, index) => paths.indexOf(path) !== index)
  if (twice !== undefined) throw new UsageError(`two reporters would write to ${twice}`)
  return requests
}

function parseOne(value: string): ReporterRequest {
  const colon = value.indexOf(':')
  const given = colon === -1 ? value : value.slice(0, colon)
  const path = colon === -1 ? '-' : value.slice(colon + 1)
  const name = REPORTER_NAMES.find((known) => known === given)
  if (name === undefined)
    throw new UsageError(`there is no reporter "${given}"`, {
      suggestions: [didYouMean(given, REPORTER_NAMES) ?? `there are ${REPORTER_NAMES.join(', ')}`],
    })
  if (path === '')
    throw new UsageError(`--reporter ${value}: a path must follow the colon`, {
      suggestions: [`--reporter ${name}:report.${name}`, `--reporter ${name} for standard output`],
    })
  return { name, path: path === '-' ? undefined : path }
}
