import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../base-command.js'
import { parseVars, refuseLater } from '../cli/flag-values.js'
import { inputFlags } from '../cli/flags.js'

export default class Plan extends BaseCommand {
  static override readonly summary = 'Show what would be checked, where values come from, and what would be read.'
  static override readonly description =
    'Works offline. Secrets are named, never shown; those and variables that are not set here are only noted.'
  static override readonly examples = [
    { description: 'The check files of this directory', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'As data, with a variable set',
      command: '<%= config.bin %> <%= command.id %> checks/orders.yaml --var schema=shop --json',
    },
  ]
  static override readonly args = {
    files: Args.string({
      multiple: true,
      description: 'Check files. Without any: postflight.yaml, else checks/*.yaml.',
    }),
  }
  static override readonly flags = { ...inputFlags, estimate: Flags.boolean({ hidden: true }) }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Plan)
    refuseLater(flags, ['estimate'])
    const { plan } = await import('../cli/plan.js')
    await plan(
      {
        files: args.files ?? [],
        vars: parseVars(flags.var ?? []),
        envFile: flags['env-file'],
        strict: flags.strict,
        json: flags.json,
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
