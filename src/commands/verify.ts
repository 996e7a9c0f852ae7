import * as Args from '@oclif/core/args'
import { BaseCommand } from '../base-command.js'
import { exitCodeLines } from '../cli/exit-code-lines.js'
import { parseDurationFlag, parseShardFlag, parseVars, refuseLater } from '../cli/flag-values.js'
import { allowFlags, gateFlags, inputFlags, laterFlags, outputFlags, runFlags, selectionFlags } from '../cli/flags.js'
import { UsageError } from '../lib/errors.js'

const CONCURRENCY = 4

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
  static override readonly flags = {
    ...selectionFlags,
    ...inputFlags,
    ...runFlags,
    ...allowFlags,
    ...gateFlags,
    ...outputFlags,
    ...laterFlags,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Verify)
    refuseLater(flags, Object.keys(laterFlags))
    const cwd = process.cwd()
    const [{ verify }, { findCheckFiles }, { requestsOf }] = await Promise.all([
      import('../cli/verify.js'),
      import('../cli/check-files.js'),
      import('../cli/report-requests.js'),
    ])
    const request = {
      vars: parseVars(flags.var ?? []),
      envFile: flags['env-file'],
      strict: flags.strict,
      selection: {
        checks: flags.check ?? [],
        tags: flags.tag ?? [],
        notTags: flags['not-tag'] ?? [],
        severities: flags.severity ?? [],
        owners: flags.owner ?? [],
        kinds: flags.kind ?? [],
      },
      gate: {
        failOn: flags['fail-on'],
        failOnWarn: flags['fail-on-warn'],
        minChecks: flags['min-checks'],
        allowEmpty: flags['allow-empty'],
      },
      noBaseline: flags['no-baseline'],
      allowed: { commands: flags['allow-commands'], writes: flags['allow-writes'] },
      concurrency: flags.concurrency ?? CONCURRENCY,
      shard: shardOf(flags),
      deadlineMs: flags.timeout === undefined ? undefined : parseDurationFlag('timeout', flags.timeout),
      requests: requestsOf(flags),
      findingsDir: flags.findings,
      resume: flags.resume,
      showData: flags['show-data'],
      quiet: flags.quiet,
      color: flags.color,
      debug: flags.debug,
      files: await findCheckFiles(args.files ?? [], cwd),
    }
    const exit = await verify(request, {
      cwd,
      env: process.env,
      version: this.config.version,
      stdout: process.stdout,
      stderr: process.stderr,
      signals: process,
      atExit: (call) => void process.once('exit', call),
      hideSecrets: (secrets) => this.hideSecrets(secrets),
    })
    process.exitCode = exit.code
  }
}

function shardOf({ shard, cuts }: { readonly shard?: string | undefined; readonly cuts?: string | undefined }) {
  if (shard === undefined && cuts !== undefined)
    throw new UsageError('--cuts says where the parts of a run are cut, so it goes with --shard', {
      suggestions: ['--shard 2/5 --cuts part-1.ndjson'],
    })
  return shard === undefined ? undefined : { ...parseShardFlag(shard), cuts }
}
