/** The guard before the wire: what is not a command that reads is refused before anything is sent. */
import type { LoggedIn } from './login.js'
import { READ_COMMANDS, type ReadCommand, RedisError, type RedisReader } from './source.js'

const SUBCOMMANDS: Readonly<Partial<Record<ReadCommand, readonly string[]>>> = {
  MEMORY: ['USAGE'],
  CONFIG: ['GET'],
  ACL: ['WHOAMI', 'GETUSER'],
}

export function readerOf({ client, remarks }: LoggedIn): RedisReader {
  return {
    remarks,
    call: async (command, ...args) => {
      assertReads(command, args)
      return client.send(command, args)
    },
  }
}

function assertReads(command: ReadCommand, args: readonly string[]): void {
  const only = SUBCOMMANDS[command]
  const reads = READ_COMMANDS.includes(command) && (only === undefined || only.includes(args[0]?.toUpperCase() ?? ''))
  if (!reads) throw new RedisError(`"${command}" is not one of the commands that only read; it was not sent`)
}
