import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../base-command.js'
import { findCheckFiles } from '../cli/check-files.js'
import { parseVars, refuseLater } from '../cli/flag-values.js'
import { inputFlags } from '../cli/flags.js'
import { kinds } from '../kinds/index.js'
import { escapeJson } from '../lib/text-escape.js'
import { explain } from '../spec/explain.js'
import { loadSpec } from '../spec/load.js'
import { renderIssues } from '../spec/render.js'
import { renderPlan } from '../spec/render-plan.js'

export default class Plan extends BaseCommand {
  static override readonly summary = 'Show what would be checked, where every value comes from, and what would be read.'
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
    const spec = await loadSpec(await findCheckFiles(args.files ?? [], process.cwd()), {
      cwd: process.cwd(),
      env: process.env,
      vars: parseVars(flags.var ?? []),
      envFile: flags['env-file'],
      strict: flags.strict,
      unset: 'note',
      kinds,
      now: new Date(),
    })
    this.hideSecrets(spec.secrets)
    const checks = explain(spec)
    if (flags.json) {
      const document = {
        schema_version: 1,
        name: spec.name,
        files: spec.files,
        gate: spec.gate,
        checks,
        unread: spec.unread,
      }
      process.stdout.write(`${escapeJson(JSON.stringify(document, null, 2))}\n`)
      return
    }
    process.stderr.write(renderIssues(spec.warnings))
    process.stdout.write(renderPlan(checks, spec.unread))
  }
}
