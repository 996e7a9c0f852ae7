/** What the command line of the audit asks for. What makes no sense at a desk is refused, never ignored. */
import { resolve } from 'node:path'
import { UsageError } from '../../lib/errors.js'
import { findCheckFiles } from '../check-files.js'
import { allowFlags, baselineFlags, gateFlags, inputFlags, runFlags, selectionFlags } from '../flags.js'
import { requestsOf } from '../report-requests.js'
import { type RunFlags, runRequestOf } from '../run-request.js'
import type { AuditRequest } from './audit.js'
import { isRecording } from './recorded.js'

/** About a run that is still to come. */
const { history: _, ...runs } = runFlags
const OF_RUNNING = Object.keys({
  ...selectionFlags,
  ...inputFlags,
  ...runs,
  ...baselineFlags,
  ...allowFlags,
  ...gateFlags,
})

export interface AuditFlags extends RunFlags {
  readonly json: boolean
  readonly reporter?: readonly string[] | undefined
}

export async function auditRequestOf(files: readonly string[], flags: AuditFlags, cwd: string): Promise<AuditRequest> {
  if (flags.json)
    throw new UsageError('--json prints a document, where audit draws a screen', {
      suggestions: ['postflight verify --json', 'or, for after the audit: --reporter json:report.json'],
    })
  const requests = requestsOf(flags)
  const onScreen = requests.find(({ path }) => path === undefined)
  if (onScreen !== undefined)
    throw new UsageError(
      `--reporter ${onScreen.name} needs a file here: the screen is taken, and the table comes last`,
      {
        suggestions: [`--reporter ${onScreen.name}:report.${onScreen.name}`],
      },
    )
  const request = runRequestOf(flags, requests)
  const recording = await recordingAmong(files, cwd)
  if (recording === undefined) {
    // Found here once, so that a file that is not there is told as by verify; each run looks for them again.
    await findCheckFiles(files, cwd)
    return { ...request, files }
  }
  const given = OF_RUNNING.filter((name) => isGiven((flags as unknown as Record<string, unknown>)[name]))
  if (given.length > 0)
    throw new UsageError(
      `${given.map((name) => `--${name}`).join(', ')}: ${recording} is a recorded run, and nothing is run again`,
      { suggestions: ['leave it out, or name check files instead of a recorded run'] },
    )
  return { ...request, files: [], recording }
}

async function recordingAmong(files: readonly string[], cwd: string): Promise<string | undefined> {
  for (const file of files) {
    if (!(await isRecording(resolve(cwd, file)))) continue
    if (files.length === 1) return file
    throw new UsageError(`${file} is a recorded run, and audit opens one alone`, {
      suggestions: [
        'name it alone',
        'to put the parts of a run together: postflight report RUN… --reporter ndjson:FILE',
      ],
    })
  }
  return undefined
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0)
}
