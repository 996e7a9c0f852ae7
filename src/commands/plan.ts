import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../base-command.js'
import { parseVars } from '../cli/flag-values.js'
import { inputFlags } from '../cli/flags.js'
import type { SecretValue } from '../lib/redact.js'

export default class Plan extends BaseCommand {
  static override readonly summary = 'Show what would be checked, where values come from, and what would be read.'
  static override readonly description =
    `Works offline. Secrets are named, never shown; those and variables that are not set here are only noted.

With --estimate it connects and asks the planner, the catalogue and the stores how much each check would read. No row
and no content is read, nothing is judged. It exits 0 where everything could be estimated and 3 where something could
not.`
  static override readonly examples = [
    { description: 'The check files of this directory', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'How much would be read, before anybody waits for it',
      command: '<%= config.bin %> <%= command.id %> --estimate',
    },
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
  static override readonly flags = {
    ...inputFlags,
    estimate: Flags.boolean({
      default: false,
      helpGroup: 'RUN',
      summary: 'Connect, and tell what would be read and at what cost.',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Plan)
    const request = {
      files: args.files ?? [],
      vars: parseVars(flags.var ?? []),
      envFile: flags['env-file'],
      strict: flags.strict,
      json: flags.json,
    }
    const context = {
      cwd: process.cwd(),
      env: process.env,
      now: new Date(),
      stdout: process.stdout,
      stderr: process.stderr,
      hideSecrets: (secrets: readonly SecretValue[]) => this.hideSecrets(secrets),
    }
    if (flags.estimate) {
      const { estimate } = await import('../cli/estimate/command.js')
      process.exitCode = await estimate(request, { ...context, version: this.config.version })
      return
    }
    const { plan } = await import('../cli/plan.js')
    await plan(request, context)
  }
}
