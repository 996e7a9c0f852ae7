import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../base-command.js'
import { parseDurationFlag, parseVars } from '../cli/flag-values.js'
import { inputFlags } from '../cli/flags.js'

export default class Doctor extends BaseCommand {
  static override readonly summary = 'Open every connection, and say which rights are too many or too few.'
  static override readonly description =
    `Looks at servers and their catalogues; reads no row, runs no check, changes nothing. Tells of each connection what
answers, as whom it is asked, how long an answer takes, whether it is encrypted, how far its clock is off, and whether
the rights are those the checks of the files need.

With --create-role it prints the SQL that makes a role which may read just that, for you to run.

Exit codes:
    0  every connection can be used; rights that are too many are only told
    1  a right is lacking; with --fail-on-warn also where there are too many
    2  bad command line or invalid check file, variable or secret
    3  a connection could not be opened, or what a check needs not be told`
  static override readonly examples = [
    { description: 'The check files of this directory', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'The SQL for a role that these check files can be run with',
      command: '<%= config.bin %> <%= command.id %> checks/shop.yaml --create-role postflight --connection main',
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
    connection: Flags.string({ helpGroup: 'DOCTOR', helpValue: 'NAME', summary: 'Only this connection.' }),
    'create-role': Flags.string({
      helpGroup: 'DOCTOR',
      helpValue: 'NAME',
      summary: 'Print only the SQL that makes a role which may read what the checks read.',
    }),
    timeout: Flags.string({
      default: '30s',
      helpGroup: 'DOCTOR',
      helpValue: 'DURATION',
      summary: 'How long each connection may take; they are looked at side by side.',
    }),
    'fail-on-warn': Flags.boolean({
      default: false,
      helpGroup: 'DOCTOR',
      summary: 'Rights that are too many end with 1, too.',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Doctor)
    const { doctor } = await import('../cli/doctor/command.js')
    process.exitCode = await doctor(
      {
        files: args.files ?? [],
        vars: parseVars(flags.var ?? []),
        envFile: flags['env-file'],
        strict: flags.strict,
        json: flags.json,
        connection: flags.connection,
        createRole: flags['create-role'],
        failOnWarn: flags['fail-on-warn'],
        timeoutMs: parseDurationFlag('timeout', flags.timeout),
      },
      {
        cwd: process.cwd(),
        env: process.env,
        now: new Date(),
        stdout: process.stdout,
        stderr: process.stderr,
        version: this.config.version,
        hideSecrets: (secrets) => this.hideSecrets(secrets),
      },
    )
  }
}
