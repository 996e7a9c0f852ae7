import * as Args from '@oclif/core/args'
import { BaseCommand } from '../base-command.js'
import { exitCodeLines } from '../cli/exit-code-lines.js'
import { checkFlags } from '../cli/flags.js'

export default class Audit extends BaseCommand {
  static override readonly summary = 'Sit down with a run: watch it, look into it, run again what was mended.'
  static override readonly description =
    `Runs the checks as \`verify\` does, or opens a recorded run, on a terminal of its own.
Without FILES: ./postflight.yaml, else ./checks/*.yaml. The keys are told by ?.

After leaving, the report of the last state is printed, reports to files and --findings are written, and the exit code is that of verify; of a recorded run, the recorded one. Where there is no terminal, use \`verify\` or \`report\`.

Exit codes:
${exitCodeLines().join('\n')}`
  static override readonly usage = '<%= command.id %> [FILES... | RUN] [FLAGS]'
  static override readonly examples = [
    { description: 'Run the checks of ./postflight.yaml and look', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Look into a run that a pipeline has recorded',
      command: '<%= config.bin %> <%= command.id %> run.ndjson',
    },
    {
      description: 'Look at one check until it passes, and keep the lists of what is left',
      command: '<%= config.bin %> <%= command.id %> --check uploads-on-disk --findings findings',
    },
  ]
  static override readonly args = {
    files: Args.string({
      multiple: true,
      required: false,
      description: 'Check files, or directories of them; or one recorded run (NDJSON).',
    }),
  }
  static override readonly flags = checkFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Audit)
    const { env, stdin, stdout, stderr } = process
    const { refuseNoTerminal } = await import('../cli/audit/terminal-only.js')
    refuseNoTerminal({ env, stdin, stdout })
    const cwd = process.cwd()
    const { auditRequestOf } = await import('../cli/audit/request.js')
    const request = await auditRequestOf(args.files ?? [], flags, cwd)
    const [{ audit }, { loadMount }] = await Promise.all([
      import('../cli/audit/audit.js'),
      import('../cli/audit/load-mount.js'),
    ])
    const exit = await audit(request, {
      cwd,
      env,
      version: this.config.version,
      stdin,
      stdout,
      stderr,
      proc: process,
      atExit: (call) => void process.once('exit', call),
      hideSecrets: (secrets) => this.hideSecrets(secrets),
      mount: loadMount,
    })
    process.exitCode = exit.code
  }
}
