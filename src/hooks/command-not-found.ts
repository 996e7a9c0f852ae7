/** A mistyped command is never run by guess: the near one is suggested, and the exit code is 2. */
import type { Hook } from '@oclif/core'
import { didYouMean } from '../lib/did-you-mean.js'
import { escapeText } from '../lib/text-escape.js'

const hook: Hook.CommandNotFound = async function ({ id, config }) {
  const given = id.replaceAll(':', ' ')
  const known = config.commands
    .filter((command) => command.hidden !== true)
    .map((command) => command.id.replaceAll(':', ' '))
  const near = didYouMean(given, known)
  process.stderr.write(
    `error: there is no command "${escapeText(given)}"\n  → ${near === undefined ? '' : `${near} `}${config.bin} --help lists the commands\n`,
  )
  this.exit(2)
}

export default hook
