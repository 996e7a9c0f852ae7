/** Verifies a check file in this process, as the command does, and gives what each check came to. */
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { runRequestOf } from '../../src/cli/run-request.js'
import { verify } from '../../src/cli/verify.js'
import type { CheckEnd } from '../../src/engine/events.js'
import { directoryOf } from '../support/run-cli.js'

const FLAGS = {
  strict: false,
  'no-baseline': false,
  'allow-commands': false,
  'allow-writes': false,
  'fail-on-warn': false,
  'allow-empty': false,
  'show-data': false,
  quiet: true,
  color: false,
  debug: false,
}

export type Outcomes = Readonly<Record<string, CheckEnd>>

export async function outcomesOf(text: string, env: Readonly<Record<string, string>>): Promise<Outcomes> {
  const place = directoryOf({ 'postflight.yaml': text })
  const chunks: string[] = []
  const stream = () =>
    new Writable({
      write: (chunk, _, done) => {
        chunks.push(String(chunk))
        done()
      },
    })
  try {
    const request = { ...runRequestOf({ ...FLAGS, concurrency: 8 }, [{ name: 'ndjson' }]), files: ['postflight.yaml'] }
    const stderr = stream()
    await verify(request, {
      cwd: place.path,
      env: { ...env, HOME: join(place.path, 'home') },
      version: '0.0.0',
      stdout: stream(),
      stderr,
      signals: { on: () => undefined, off: () => undefined, exit: () => undefined },
      atExit: () => undefined,
      hideSecrets: () => undefined,
    })
    const events = chunks
      .join('')
      .split('\n')
      .filter((line) => line.startsWith('{"v":1'))
    const ends = events.map((line) => JSON.parse(line) as CheckEnd).filter(({ type }) => type === 'check:end')
    return Object.fromEntries(ends.map((end) => [end.id, end]))
  } finally {
    place.remove()
  }
}
