/** A crew of asynchronous calls, for file systems whose calls take long: so many of them are under way at once. */
import { lstat, opendir, readdir, stat } from 'node:fs/promises'
import { type Key, keyFromLatin1, keyToBytes } from '../../lib/key.js'
import type { Crew } from './crew.js'
import { errorCode, isAbsent } from './errors.js'
import { look } from './look.js'
import { createNameRuns } from './name-runs.js'
import { marked, type Piece, untold } from './names.js'
import { directoryPath } from './read-directory.js'
import type { WalkPlace } from './run-sync.js'
import { type Answer, type Walked, walkSome } from './walk-some.js'

const BATCH = 1024

// The types of Node know no `latin1` here; Node does.
const encoding = 'latin1' as BufferEncoding

export function createCallCrew(place: WalkPlace, width: number): Crew {
  let under = 0
  let closed = false
  return {
    room: () => (closed ? 0 : width - under),
    give: (pieces, done) => {
      under++
      const finish = (outcome: Parameters<typeof done>[0]) => {
        under--
        done(outcome)
      }
      walkAsync(pieces, place).then(
        (walked) => finish({ walked }),
        (failed) => finish({ failed }),
      )
    },
    poll: () => undefined,
    reuse: () => undefined,
    // A call that hangs cannot be waited for.
    close: async () => {
      closed = true
    },
  }
}

async function walkAsync(pieces: readonly Piece[], place: WalkPlace): Promise<Walked> {
  const walk = walkSome(pieces, place.rules)
  let next = walk.next()
  while (!next.done) {
    const ask = next.value
    next = walk.next(typeof ask === 'string' ? await look(place.root, ask) : await read(place, ask.directory))
  }
  return next.value
}

async function read({ root, rules, scratch }: WalkPlace, directory: Key): Promise<Answer> {
  const path = directoryPath(root, directory)
  try {
    // Where each name is looked at anyway, that tells as much.
    const barred = !rules.looks && (await isBarred(path))
    const where = { size: rules.most, scratch }
    const runs = createNameRuns(directory, where)
    try {
      const opened = await opendir(keyToBytes(path) as unknown as string, { encoding, bufferSize: BATCH })
      for await (const entry of opened) runs.add(marked(entry, barred))
      return runs.finish()
    } catch (cause) {
      if (errorCode(cause) !== 'ERR_INVALID_ARG_TYPE') throw cause
      const untypedRuns = createNameRuns(directory, where)
      for (const name of await untyped(path)) untypedRuns.add(name)
      return untypedRuns.finish()
    }
  } catch (failed) {
    return { failed }
  }
}

/** The `.` in a directory is reached only by who may enter it. */
async function isBarred(path: Key): Promise<boolean> {
  try {
    await stat(keyToBytes(keyFromLatin1(`${path}/.`)))
    return false
  } catch (cause) {
    if (errorCode(cause) !== 'EACCES') throw cause
    return true
  }
}

async function untyped(path: Key): Promise<string[]> {
  const names: string[] = []
  for (const name of await readdir(keyToBytes(path), { encoding })) {
    const stats = await lstat(keyToBytes(keyFromLatin1(`${path}/${name}`))).catch((cause: unknown) => {
      if (isAbsent(cause) || errorCode(cause) === 'EACCES') return undefined
      throw cause
    })
    names.push(stats?.isDirectory() ? `${name}/` : untold(name))
  }
  return names
}
