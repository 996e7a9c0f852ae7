import * as Args from '@oclif/core/args'
import { BaseCommand } from '../base-command.js'
import { allowFlags, inputFlags, reporterFlags, selectionFlags, snapshotFlags, snapshotRunFlags } from '../cli/flags.js'

export default class Snapshot extends BaseCommand {
  static override readonly summary = 'Keep what the checks measure, to hold the moved system against it.'
  static override readonly description =
    `Runs the checks as \`verify\` does, and writes what they measured into one file; nothing is held against anything. After the migration \`verify --baseline FILE\` needs no source any more. Reads only.
Without FILES: ./postflight.yaml, else ./checks/*.yaml; of a directory, the *.yaml in it.

The file holds numbers, names and digests: no row values and no secrets. It is compressed, has a digest over the whole, and can be signed.

Exit codes:
  0    everything was observed and is kept
  2    bad command line or invalid check file, variable or secret; nothing ran
  3    not everything was observed: the file is written, and says what lacks
  4    nothing to run: empty selection
  5    the file, or a requested report, could not be written
  70   a bug in postflight
  130  interrupted (SIGINT); no file is written
  143  terminated (SIGTERM); no file is written`
  static override readonly usage = '<%= command.id %> [FILES...] -o FILE [FLAGS]'
  static override readonly examples = [
    {
      description: 'Before the migration, on the old system',
      command: '<%= config.bin %> <%= command.id %> checks/shop.yaml -o before.snapshot',
    },
    {
      description: 'After it, on the new one',
      command: '<%= config.bin %> verify checks/shop.yaml --baseline before.snapshot',
    },
    {
      description: 'Signed, so that nobody can put another in its place',
      command: '<%= config.bin %> <%= command.id %> -o before.snapshot --sign before.key',
    },
  ]
  static override readonly args = {
    files: Args.string({ multiple: true, required: false, description: 'Check files, or directories of them.' }),
  }
  static override readonly flags = {
    ...snapshotFlags,
    ...selectionFlags,
    ...inputFlags,
    ...snapshotRunFlags,
    ...allowFlags,
    ...reporterFlags,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Snapshot)
    const world = this.world()
    const [{ snapshot }, { findCheckFiles }, { snapshotRequestOf }] = await Promise.all([
      import('../cli/snapshot/snapshot.js'),
      import('../cli/check-files.js'),
      import('../cli/snapshot/request.js'),
    ])
    const request = { ...snapshotRequestOf(flags), files: await findCheckFiles(args.files ?? [], world.cwd) }
    const exit = await snapshot(request, world)
    process.exitCode = exit.code
  }
}
