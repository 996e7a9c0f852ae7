import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../base-command.js'
import { parseVars } from '../cli/flag-values.js'
import { inputFlags } from '../cli/flags.js'

export default class Lint extends BaseCommand {
  static override readonly summary = 'Check the check files; connect to nothing.'
  static override readonly description =
    'Tells every mistake at once, each at its place: unknown keys, wrong units, assertions that nothing can break or hold, missing secrets. Exits 2 if there is one.'
  static override readonly examples = [
    { description: 'The check files of this directory', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'In a pipeline that has no secrets, warnings as errors',
      command: '<%= config.bin %> <%= command.id %> checks/ --strict --allow-unset',
    },
  ]
  static override readonly args = {
    files: Args.string({
      multiple: true,
      description: 'Check files. Without any: postflight.yaml, else checks/*.yaml.',
    }),
  }
  static override readonly flags = {
    ...inputFlags,
    'allow-unset': Flags.boolean({
      helpGroup: 'INPUT',
      summary: 'Only note secrets, variables and environment that are not set here.',
    }),
    reporter: Flags.option({
      options: ['text', 'json'] as const,
      default: 'text',
      helpGroup: 'OUTPUT',
      summary: 'How issues are told.',
    })(),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Lint)
    const { lint } = await import('../cli/lint.js')
    process.exitCode = await lint(
      {
        files: args.files ?? [],
        vars: parseVars(flags.var ?? []),
        envFile: flags['env-file'],
        strict: flags.strict,
        allowUnset: flags['allow-unset'] ?? false,
        json: flags.json || flags.reporter === 'json',
      },
      {
        cwd: process.cwd(),
        env: process.env,
        now: new Date(),
        stdout: process.stdout,
        stderr: process.stderr,
        hideSecrets: (secrets) => this.hideSecrets(secrets),
      },
    )
  }
}
