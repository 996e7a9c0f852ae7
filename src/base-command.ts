/**
 * What every command shares: the global flags, and the one way from an error to words and an exit code. Where no manifest
 * names the flags (a checkout), `--help` loads every command: so this file and theirs import no more than flags need, and
 * the rest when it is needed.
 */
import { Command } from '@oclif/core/command'
import * as Flags from '@oclif/core/flags'
import { ignoreClosedPipe } from './cli/closed-pipe.js'
import type { World } from './cli/run-request.js'
import type { SecretValue } from './lib/redact.js'

export abstract class BaseCommand extends Command {
  static override readonly baseFlags = {
    json: Flags.boolean({
      default: false,
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
      default: false,
      helpGroup: 'GLOBAL',
      summary: 'Show the stack of an error.',
    }),
  }

  #secrets: readonly SecretValue[] = []

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
    const [
      { failureJson, failureText, hideIn, isForNagios, nagiosFailure, toFailure },
      { createRedactor },
      { detectColor, detectWidth },
    ] = await Promise.all([import('./cli/failure.js'), import('./lib/redact.js'), import('./lib/text-terminal.js')])
    const thrown = toFailure(error, { flags: Object.keys({ ...this.ctor.flags, ...this.ctor.baseFlags }) })
    const failure = hideIn(thrown, createRedactor(this.#secrets).text)
    process.exitCode = failure.exitCode
    const before = this.argv.includes('--') ? this.argv.slice(0, this.argv.indexOf('--')) : this.argv
    if (before.includes('--json')) process.stdout.write(failureJson(failure))
    // Whoever reads that knows no code of ours: 2 would be a verdict.
    if (isForNagios(before)) {
      process.stdout.write(nagiosFailure(failure))
      process.exitCode = 3
    }
    const color = detectColor(process.env, process.stderr, !before.includes('--no-color'))
    const text = failureText(failure, {
      color,
      debug: before.includes('--debug'),
      version: this.config.version,
      width: detectWidth(process.env, process.stderr),
    })
    process.stderr.write(text)
    // After a bug nobody knows what is still open; it must not keep a gate waiting.
    if (failure.code === 'bug') this.exit(Number(process.exitCode))
  }

  /** What a command that runs checks has around it: this process. */
  protected world(): World {
    return {
      cwd: process.cwd(),
      env: process.env,
      version: this.config.version,
      stdout: process.stdout,
      stderr: process.stderr,
      signals: process,
      atExit: (call) => void process.once('exit', call),
      hideSecrets: (secrets) => this.hideSecrets(secrets),
    }
  }

  /** From here on no message of an error can carry one of these out, also not of one that nobody catches. */
  protected hideSecrets(secrets: readonly SecretValue[]): void {
    this.#secrets = secrets
    void this.#hideInBugs(secrets)
  }

  /** Before the listener of main.ts, which knows no secrets; it ends the process, so that one is not asked. */
  async #hideInBugs(secrets: readonly SecretValue[]): Promise<void> {
    const [{ createRedactor }, { escapeLines, inertLine }] = await Promise.all([
      import('./lib/redact.js'),
      import('./lib/text-escape.js'),
    ])
    const hide = createRedactor(secrets).text
    process.prependOnceListener('uncaughtException', (error) => {
      const shown = this.argv.includes('--debug') ? error?.stack : error?.message
      const lines = escapeLines(hide(`unexpected error, a bug in postflight: ${shown ?? String(error)}`))
      process.stderr.write(lines.map((line) => `${inertLine(line)}\n`).join(''))
      process.exit(70)
    })
  }
}
