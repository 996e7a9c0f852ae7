import { Args } from '@oclif/core'
import { BaseCommand } from '../base-command.js'
import { kinds } from '../kinds/index.js'
import { didYouMean } from '../lib/did-you-mean.js'
import { UsageError } from '../lib/errors.js'
import { kindDocument, kindText } from '../spec/kind-text.js'

export default class Kinds extends BaseCommand {
  static override readonly summary = 'List the kinds of checks, or the fields of one.'
  static override readonly examples = [
    { description: 'All kinds', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'The fields of one', command: '<%= config.bin %> <%= command.id %> artifacts' },
  ]
  static override readonly args = { kind: Args.string({ description: 'Name of a kind.' }) }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Kinds)
    const names = kinds.map(({ name }) => name)
    const one = kinds.filter(({ name }) => name === args.kind)
    if (args.kind !== undefined && one.length === 0) {
      const near = didYouMean(args.kind, names)
      const suggestions = near === undefined ? [`kinds: ${names.join(', ')}`] : [near]
      throw new UsageError(`there is no kind "${args.kind}"`, { suggestions })
    }
    const chosen = args.kind === undefined ? kinds : one
    if (flags.json) process.stdout.write(`${JSON.stringify(kindDocument(chosen), null, 2)}\n`)
    else process.stdout.write(kindText(chosen, args.kind !== undefined))
  }
}
