import type { Session } from '../postgres/source.js'

/** What a reader must know of a server that follows another: a pass there is not one of the primary. */
export function standbyNotes(
  { inRecovery }: Pick<Session['server'], 'inRecovery'>,
  connection: string,
): readonly string[] {
  return inRecovery ? [`${connection} is a standby: rows it has not replayed yet were not seen`] : []
}
