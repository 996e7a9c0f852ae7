import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../base-command.js'
import { findingsFlag, reporterFlags } from '../cli/flags.js'
import type { ReportOptions } from '../cli/report.js'
import type { Exit } from '../engine/exit-code.js'
import { UsageError } from '../lib/errors.js'

export default class Report extends BaseCommand {
  static override readonly summary = 'Show a recorded run again, in any format, or put the parts of one together.'
  static override readonly description =
    `A run is recorded with \`--reporter ndjson:run.ndjson\`. What it found is told as it was told then; nothing is looked at again, and the exit code is the recorded one.

Of a run that was divided with \`--shard\`, name the recordings of all parts: they become one report, judged over the sums, with one exit code. A part that is missing, given twice or broken off is an error, never a pass.`
  static override readonly usage = '<%= command.id %> [RUN...] [FLAGS]'
  static override readonly examples = [
    { description: 'Read a run that a pipeline has kept', command: '<%= config.bin %> <%= command.id %> run.ndjson' },
    {
      description: 'Make a document of it for another program',
      command: '<%= config.bin %> <%= command.id %> run.ndjson --reporter json:report.json',
    },
    {
      description: 'See what changed since the last run, and how every number moved',
      command: '<%= config.bin %> <%= command.id %> --trend --history /var/lib/postflight/history',
    },
    {
      description: 'Put the parts of a run together, with the lists of all of them',
      command: '<%= config.bin %> <%= command.id %> parts/*.ndjson --findings findings',
    },
  ]
  static override readonly args = {
    run: Args.string({ multiple: true, required: false, description: 'Recorded runs (NDJSON).' }),
  }
  static override readonly flags = {
    ...reporterFlags,
    ...findingsFlag,
    trend: Flags.boolean({
      default: false,
      helpGroup: 'OUTPUT',
      summary: 'Show what changed since the last run and how every subject moved.',
    }),
    history: Flags.string({
      helpGroup: 'OUTPUT',
      helpValue: 'DIR',
      summary: 'With --trend: the history to hold runs against; without a RUN, its newest is shown.',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Report)
    const { signal } = new AbortController()
    const runs = args.run ?? []
    const { stdout, stderr, env } = process
    if (flags.trend || flags.history !== undefined) {
      refuseForTrend(flags)
      const { showTrend } = await import('../cli/trend.js')
      const { color, quiet, history } = flags
      const exit = await showTrend({ runs, history, cwd: process.cwd(), stdout, stderr, env, color, quiet, signal })
      process.exitCode = exit.code
      return
    }
    if (runs.length === 0)
      throw new UsageError('name the recorded run that is to be shown', {
        suggestions: ['postflight report run.ndjson', 'postflight report --trend --history DIR'],
      })
    const [{ requestsOf }, { anyPart }] = await Promise.all([
      import('../cli/report-requests.js'),
      import('../cli/shard/gather.js'),
    ])
    // What is wrong on the command line is told before any file is opened.
    requestsOf(flags)
    const together = await anyPart(runs, signal)
    const options = {
      runs,
      requests: requestsOf(flags, together ? [] : runs),
      stdout,
      stderr,
      env,
      color: flags.color,
      quiet: flags.quiet,
      signal,
    }
    process.exitCode = (together ? await parts(options, flags.findings) : await wholes(options, flags.findings)).code
  }
}

function refuseForTrend(flags: {
  readonly trend: boolean
  readonly json: boolean
  readonly reporter?: readonly string[] | undefined
  readonly findings?: string | undefined
}): void {
  if (!flags.trend)
    throw new UsageError('--history is what --trend holds runs against', {
      suggestions: ['report --trend --history DIR'],
    })
  if (flags.json || flags.reporter !== undefined || flags.findings !== undefined)
    throw new UsageError('--trend is for a terminal, and goes with no other report', {
      suggestions: ['--reporter html:report.html of a run with a history holds its trend too'],
    })
}

async function wholes(options: ReportOptions, findings: string | undefined): Promise<Exit> {
  if (findings !== undefined)
    throw new UsageError(
      '--findings writes the lists of parts that are put together; a whole run has written its own',
      {
        suggestions: ['leave it out, or name the parts of a run that was divided with --shard'],
      },
    )
  const { reportRuns } = await import('../cli/report.js')
  return reportRuns(options)
}

async function parts(options: ReportOptions, findingsDir: string | undefined): Promise<Exit> {
  const { reportParts } = await import('../cli/shard/report.js')
  const atExit = (call: () => void): void => void process.once('exit', call)
  return reportParts({ ...options, findingsDir, cwd: process.cwd(), atExit })
}
