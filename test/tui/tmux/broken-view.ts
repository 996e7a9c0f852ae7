/** The audit as its command runs it, with views that throw: while drawing, at a key, from a timer. */
import { render, Text, useInput } from 'ink'
import { createElement } from 'react'
import { BaseCommand } from '../../../src/base-command.js'
import { audit } from '../../../src/cli/audit/audit.js'
import { auditRequestOf } from '../../../src/cli/audit/request.js'
import { checkFlags } from '../../../src/cli/flags.js'
import type { Mount } from '../../../src/tui/terminal.js'

const HOW = process.argv[2] ?? ''

function throwIt(): never {
  throw new Error(`planted: ${process.env['SHOP_PASSWORD']}`)
}

function View() {
  useInput((input) => {
    if (input === 'x') throwIt()
  })
  if (HOW === 'draw') throwIt()
  return createElement(Text, null, 'a view')
}

const mount: Mount = async (_, { stdin, stdout }) => {
  const { waitUntilExit } = render(createElement(View), { stdin, stdout, exitOnCtrlC: false, patchConsole: false })
  if (HOW === 'timer') setTimeout(throwIt, 200)
  await waitUntilExit()
}

class Broken extends BaseCommand {
  static override readonly flags = checkFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(Broken)
    const { stdin, stdout, stderr, env } = process
    const cwd = process.cwd()
    await audit(await auditRequestOf([], flags, cwd), {
      cwd,
      env,
      version: '0',
      stdin,
      stdout,
      stderr,
      proc: process,
      atExit: (call) => void process.once('exit', call),
      hideSecrets: (secrets) => this.hideSecrets([...secrets, { name: 'password', value: env['SHOP_PASSWORD'] ?? '' }]),
      mount: async () => mount,
    })
  }
}

await Broken.run(['--check', 'uploads-on-disk'], import.meta.url)
