/** What the command line of `snapshot` asks for. */
import { UsageError } from '../../lib/errors.js'
import { parseReporterFlags } from '../../reporters/parse-reporter-flag.js'
import { type RunFlags, runRequestOf } from '../run-request.js'
import type { SnapshotRequest } from './snapshot.js'

/** Flags that judge, or say what may be shown of what was judged. */
type NotHere = 'fail-on' | 'fail-on-warn' | 'min-checks' | 'allow-empty' | 'no-baseline' | 'show-data'

interface SnapshotFlags extends Omit<RunFlags, NotHere> {
  readonly json: boolean
  readonly reporter?: readonly string[] | undefined
  readonly output: string
  readonly force: boolean
  readonly sign?: string | undefined
}

export function snapshotRequestOf(flags: SnapshotFlags): Omit<SnapshotRequest, 'files'> {
  const requests = parseReporterFlags(flags.reporter ?? [])
  const onScreen = requests.find(({ path }) => path === undefined)
  if (onScreen !== undefined)
    throw new UsageError(
      `--reporter ${onScreen.name} needs a file here: nothing is judged, and what was kept is told`,
      {
        suggestions: [`--reporter ${onScreen.name}:run.${onScreen.name}`],
      },
    )
  const none = {
    'fail-on-warn': false,
    'allow-empty': false,
    'no-baseline': false,
    'show-data': false,
  }
  return {
    ...runRequestOf({ ...flags, ...none }, requests),
    output: flags.output,
    force: flags.force,
    sign: flags.sign,
    json: flags.json,
  }
}
