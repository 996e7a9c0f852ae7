/** `withSession` for generators, which cannot yield from inside a callback. */
import type { SessionOptions } from './source.js'

interface Source<Session> {
  readonly withSession: <T>(options: SessionOptions, use: (session: Session) => Promise<T>) => Promise<T>
}

/** Yields and returns what `use` does. The session ends when the generator does, also when its reader leaves early. */
export async function* throughSession<T, R, Session>(
  source: Source<Session>,
  options: SessionOptions,
  use: (session: Session) => AsyncGenerator<T, R, void>,
): AsyncGenerator<T, R, void> {
  let finish = () => {}
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  let held: Promise<void> = Promise.resolve()
  const session = await new Promise<Session>((resolve, reject) => {
    held = source.withSession(options, (opened) => {
      resolve(opened)
      return finished
    })
    held.catch(reject)
  })
  try {
    return yield* use(session)
  } finally {
    finish()
    await held
  }
}
