import { BaseCommand } from '../base-command.js'

export default class Schema extends BaseCommand {
  static override readonly summary = 'Print the JSON Schema of check files.'
  static override readonly description =
    'Editors that know YAML complete and explain check files with it: save it, and begin each check file with a line "# yaml-language-server: $schema=postflight.schema.json".'
  static override readonly examples = [
    { description: 'Save it', command: '<%= config.bin %> <%= command.id %> > postflight.schema.json' },
  ]

  async run(): Promise<void> {
    await this.parse(Schema)
    const { allKinds } = await import('../kinds/index.js')
    const { buildJsonSchema } = await import('../spec/json-schema.js')
    process.stdout.write(`${JSON.stringify(buildJsonSchema(await allKinds()), null, 2)}\n`)
  }
}
