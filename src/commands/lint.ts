import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../base-command.js'
import { findCheckFiles } from '../cli/check-files.js'
import { parseVars } from '../cli/flag-values.js'
import { inputFlags } from '../cli/flags.js'
import { kinds } from '../kinds/index.js'
import { escapeJson } from '../lib/text-escape.js'
import { SpecError } from '../spec/issue.js'
import { lintDocument, lintText, waiverIssues } from '../spec/lint-summary.js'
import { loadSpec } from '../spec/load.js'
import { renderIssues } from '../spec/render.js'

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
    const json = flags.json || flags.reporter === 'json'
    const now = new Date()
    const files = await findCheckFiles(args.files ?? [], process.cwd())
    try {
      const spec = await loadSpec(files, {
        cwd: process.cwd(),
        env: process.env,
        vars: parseVars(flags.var ?? []),
        envFile: flags['env-file'],
        strict: flags.strict,
        unset: flags['allow-unset'] ? 'note' : 'error',
        kinds,
        now,
      })
      this.hideSecrets(spec.secrets)
      const late = waiverIssues(spec, now)
      if (flags.strict && late.length > 0) throw new SpecError(late.map((issue) => ({ ...issue, level: 'error' })))
      const issues = [...spec.warnings, ...late]
      if (json) this.#print(lintDocument(spec, issues))
      else {
        process.stderr.write(renderIssues(issues))
        process.stdout.write(lintText(spec))
      }
    } catch (error) {
      if (!json || !(error instanceof SpecError)) throw error
      process.exitCode = 2
      this.#print(lintDocument(undefined, error.issues))
    }
  }

  #print(document: object): void {
    process.stdout.write(`${escapeJson(JSON.stringify(document, null, 2))}\n`)
  }
}
