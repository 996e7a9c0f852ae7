/** What every command shares: the global flags, and the one way from an error to words and an exit code. */
import { Command, Flags } from '@oclif/core'
import { failureJson, failureText, ignoreClosedPipe, toFailure } from './cli/failure.js'
import { detectColor } from './lib/text-terminal.js'
import type { Issue } from './spec/issue.js'

export abstract class BaseCommand extends Command {
  static override readonly baseFlags = {
    json: Flags.boolean({
      helpGroup: 'GLOBAL',
      summary: 'Print one JSON document on stdout instead of text.',
    }),
    color: Flags.boolean({
      helpGroup: 'GLOBAL',
      allowNo: true,
      default: true,
      summary: 'Colour on terminals. NO_COLOR and --no-color turn it off.',
    }),
    debug: Flags.boolean({
      helpGroup: 'GLOBAL',
      summary: 'Show the stack of an error.',
    }),
  }

  protected override async init(): Promise<void> {
    await super.init()
    ignoreClosedPipe(process.stdout)
    ignoreClosedPipe(process.stderr)
  }

  /**
   * Outcomes never come this way: a command sets `process.exitCode` and returns. What is thrown is a usage error (2),
   * an invalid check file (2), or a bug (70).
   */
  protected override async catch(error: Error & { oclif?: { exit?: number | false } }): Promise<void> {
    // An intended exit of oclif itself (`--help`) carries its own code.
    if ((error as { code?: unknown }).code === 'EEXIT') throw error
    const failure = toFailure(error, { flags: Object.keys({ ...this.ctor.flags, ...this.ctor.baseFlags }) })
    process.exitCode = failure.exitCode
    if (this.argv.includes('--json')) process.stdout.write(failureJson(failure))
    const color = detectColor(process.env, process.stderr, !this.argv.includes('--no-color'))
    process.stderr.write(
      failureText(failure, {
        color,
        debug: this.argv.includes('--debug'),
        bin: this.config.bin,
        version: this.config.version,
        renderIssues: (issues: readonly Issue[]) =>
          issues.map((issue) => `${issue.level}: ${issue.message}`).join('\n'),
      }),
    )
  }
}
