import * as Args from '@oclif/core/args'
import { BaseCommand } from '../base-command.js'
import { UsageError } from '../lib/errors.js'

export default class Kinds extends BaseCommand {
  static override readonly summary = 'List the kinds of checks, or the fields of one.'
  static override readonly examples = [
    { description: 'All kinds', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'The fields of one', command: '<%= config.bin %> <%= command.id %> artifacts' },
  ]
  static override readonly args = { kind: Args.string({ description: 'Name of a kind.' }) }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Kinds)
    const { allKinds } = await import('../kinds/index.js')
    const kinds = await allKinds()
    const { kindDocument, kindText } = await import('../spec/kind-text.js')
    const names = kinds.map(({ name }) => name)
    const one = kinds.filter(({ name }) => name === args.kind)
    if (args.kind !== undefined && one.length === 0) {
      const { didYouMean } = await import('../lib/did-you-mean.js')
      const near = didYouMean(args.kind, names)
      const suggestions = near === undefined ? [`kinds: ${names.join(', ')}`] : [near]
      throw new UsageError(`there is no kind "${args.kind}"`, { suggestions })
    }
    const chosen = args.kind === undefined ? kinds : one
    if (flags.json) process.stdout.write(`${JSON.stringify(kindDocument(chosen), null, 2)}\n`)
    else {
      const { detectWidth } = await import('../lib/text-terminal.js')
      const { join } = await import('node:path')
      const width = detectWidth(process.env, process.stdout)
      const docs = join(this.config.root, 'docs/kinds')
      process.stdout.write(kindText(chosen, { withFields: args.kind !== undefined, width, docs }))
    }
  }
}
