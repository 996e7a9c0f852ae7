/** A mistyped command is never run by guess: the near one is suggested, and the exit code is 2. */
import type { Hook } from '@oclif/core'
import { closest, distance } from 'fastest-levenshtein'
import { escapeText } from '../lib/text-escape.js'

const hook: Hook.CommandNotFound = async function ({ id, config }) {
  const given = id.replaceAll(':', ' ')
  const known = config.commands
    .filter((command) => command.hidden !== true)
    .map((command) => command.id.replaceAll(':', ' '))
  const near = known.length === 0 ? '' : closest(given, known)
  const suggestion = distance(given, near) <= Math.max(2, given.length / 3) ? `did you mean "${near}"? ` : ''
  process.stderr.write(
    `error: there is no command "${escapeText(given)}"\n  → ${suggestion}${config.bin} --help lists the commands\n`,
  )
  this.exit(2)
}

export default hook
