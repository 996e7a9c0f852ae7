import * as Args from '@oclif/core/args'
import { BaseCommand } from '../base-command.js'
import { exitCodeLines } from '../cli/exit-code-lines.js'
import { checkFlags } from '../cli/flags.js'

export default class Verify extends BaseCommand {
  static override readonly summary = 'Run the checks and say whether the moved system is whole.'
  static override readonly description =
    `Reads only. Without FILES: ./postflight.yaml, else ./checks/*.yaml; of a directory, the *.yaml in it.

The report goes to standard output, progress to standard error.

Exit codes:
${exitCodeLines().join('\n')}`
  static override readonly usage = '<%= command.id %> [FILES...] [FLAGS]'
  static override readonly examples = [
    { description: 'Run all checks of ./postflight.yaml', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Keep all findings, and a recording of the run, for a closer look',
      command: '<%= config.bin %> <%= command.id %> --findings findings --reporter ndjson:run.ndjson',
    },
    {
      description: 'Gate a deployment on the critical checks alone',
      command:
        '<%= config.bin %> <%= command.id %> checks/shop.yaml --tag post-migration --fail-on critical --timeout 20m',
    },
  ]
  static override readonly args = {
    files: Args.string({ multiple: true, required: false, description: 'Check files, or directories of them.' }),
  }
  static override readonly flags = checkFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Verify)
    const world = this.world()
    const [{ verify }, { findCheckFiles }, { requestsOf }, { runRequestOf }] = await Promise.all([
      import('../cli/verify.js'),
      import('../cli/check-files.js'),
      import('../cli/report-requests.js'),
      import('../cli/run-request.js'),
    ])
    const asked = runRequestOf(flags, requestsOf(flags))
    const request = { ...asked, files: await findCheckFiles(args.files ?? [], world.cwd) }
    const exit = await verify(request, world)
    process.exitCode = exit.code
  }
}
