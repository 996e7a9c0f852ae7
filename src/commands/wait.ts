import * as Args from '@oclif/core/args'
import { BaseCommand } from '../base-command.js'
import { exitCodeLines } from '../cli/exit-code-lines.js'
import { allowFlags, inputFlags, reportFlags, selectionFlags, waitFlags } from '../cli/flags.js'

export default class Wait extends BaseCommand {
  static override readonly summary = 'Wait until checks pass, before something is started that needs them.'
  static override readonly description =
    `Looks at the selected checks again and again, each time over new connections, until all pass or the time is over. What cannot be reached is not there yet; a wrong check file ends at once. Reads only.

Which checks are still missing is told on standard error. The report of the last look goes to standard output where not all passed, or a --reporter is named.

Exit codes: 0 as soon as all pass; else that of the last look, 3 where nothing failed.
${exitCodeLines().join('\n')}`
  static override readonly usage = '<%= command.id %> [FILES...] [FLAGS]'
  static override readonly examples = [
    {
      description: 'Start a worker when what it needs is there',
      command: '<%= config.bin %> <%= command.id %> checks/shop.yaml --tag ready --for 5m --every 5s',
    },
  ]
  static override readonly args = {
    files: Args.string({ multiple: true, required: false, description: 'Check files, or directories of them.' }),
  }
  static override readonly flags = { ...selectionFlags, ...inputFlags, ...waitFlags, ...allowFlags, ...reportFlags }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Wait)
    const world = this.world()
    const [{ wait }, { findCheckFiles }, { waitRequestOf }] = await Promise.all([
      import('../cli/wait/wait.js'),
      import('../cli/check-files.js'),
      import('../cli/wait/request.js'),
    ])
    const request = { ...waitRequestOf(flags), files: await findCheckFiles(args.files ?? [], world.cwd) }
    const exit = await wait(request, world)
    process.exitCode = exit.code
  }
}
