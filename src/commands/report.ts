import * as Args from '@oclif/core/args'
import { BaseCommand } from '../base-command.js'
import { reporterFlags } from '../cli/flags.js'

export default class Report extends BaseCommand {
  static override readonly summary = 'Show a recorded run again, in any format.'
  static override readonly description =
    'A run is recorded with `--reporter ndjson:run.ndjson`. What it found is told as it was told then; nothing is looked at again, and the exit code is the recorded one.'
  static override readonly usage = '<%= command.id %> RUN... [FLAGS]'
  static override readonly examples = [
    { description: 'Read a run that a pipeline has kept', command: '<%= config.bin %> <%= command.id %> run.ndjson' },
    {
      description: 'Make a document of it for another program',
      command: '<%= config.bin %> <%= command.id %> run.ndjson --reporter json:report.json',
    },
  ]
  static override readonly args = {
    run: Args.string({ multiple: true, required: true, description: 'Recorded runs (NDJSON).' }),
  }
  static override readonly flags = reporterFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Report)
    const { requestsOf } = await import('../cli/report-requests.js')
    const requests = requestsOf(flags, args.run)
    const { reportRuns } = await import('../cli/report.js')
    const exit = await reportRuns({
      runs: args.run,
      requests,
      stdout: process.stdout,
      stderr: process.stderr,
      env: process.env,
      color: flags.color,
      quiet: flags.quiet,
      signal: new AbortController().signal,
    })
    process.exitCode = exit.code
  }
}
