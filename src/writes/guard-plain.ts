/**
 * Stands between a plain dump and psql. First of all psql is told to follow none of its own commands (\restrict), so a
 * dump cannot make it connect elsewhere or run a program; and a statement about databases or roles, which would reach
 * beyond the database that was made, ends the restore before it is sent.
 */
import { Transform } from 'node:stream'
import { CheckError } from '../lib/errors.js'

export interface GuardOptions {
  /** Letters and digits; psql obeys again only where this is said. */
  readonly key: string
  /** Owners and privileges pass. */
  readonly privileges: boolean
}

/** A line is told by its beginning, a COPY with all of its columns; longer ones are passed on in pieces. */
const BEGINNING = 64 * 1024
const NEWLINE = 0x0a

const BEYOND =
  /^\s*(?:\\c(?:onnect)?\b|(?:CREATE|DROP|ALTER)\s+(?:DATABASE|ROLE|USER|GROUP|TABLESPACE|SYSTEM|SUBSCRIPTION)\b(?!\s+MAPPING))/i
const OWN = /^\\(?:un)?restrict\b/
const PRIVILEGE = /^(?:ALTER [A-Z ]+ .* OWNER TO [^;]*;|(?:GRANT|REVOKE) [^;]*;|ALTER DEFAULT PRIVILEGES [^;]*;)\s*$/

export function guardPlain({ key, privileges }: GuardOptions): Transform {
  let line: Buffer = Buffer.alloc(0)
  // The beginning of the line has passed; so does the rest of it.
  let passing = false
  let copying = false

  /** The line as it is sent, or nothing. */
  const judged = (bytes: Buffer): Buffer | undefined => {
    const text = bytes.toString('latin1', 0, BEGINNING)
    if (copying) {
      if (/^\\\.\r?\n?$/.test(text)) copying = false
      return bytes
    }
    if (BEYOND.test(text)) throw beyond(text)
    if (OWN.test(text)) return undefined
    if (/^COPY .* FROM stdin;\s*$/i.test(text)) copying = true
    return !privileges && PRIVILEGE.test(text) ? undefined : bytes
  }

  const take = (chunk: Buffer, send: (bytes: Buffer) => void): void => {
    let at = 0
    while (at < chunk.length) {
      const newline = chunk.indexOf(NEWLINE, at)
      const end = newline < 0 ? chunk.length : newline + 1
      const part = chunk.subarray(at, end)
      at = end
      if (passing) send(part)
      else {
        line = line.length === 0 ? part : Buffer.concat([line, part])
        if (newline < 0 && line.length < BEGINNING) continue
        const bytes = judged(line)
        if (bytes !== undefined) send(bytes)
        line = Buffer.alloc(0)
      }
      passing = newline < 0
    }
  }

  const guard = new Transform({
    transform(chunk: Buffer, _, done) {
      const parts: Buffer[] = []
      try {
        take(chunk, (bytes) => parts.push(bytes))
        done(null, Buffer.concat(parts))
      } catch (error) {
        done(error as Error)
      }
    },
    flush(done) {
      try {
        done(null, line.length === 0 ? undefined : judged(line))
      } catch (error) {
        done(error as Error)
      }
    },
  })
  guard.push(`\\restrict ${key}\n`)
  return guard
}

function beyond(text: string): CheckError {
  const [words = ''] = /^\s*\S+(?:\s+[A-Za-z]+)?/.exec(text) ?? []
  const what = words.trim().startsWith('\\') ? 'connects to a database by name' : `says ${words.trim().toUpperCase()}`
  return new CheckError(`the dump ${what}, which reaches beyond the scratch database; the restore was ended`, {
    hint: 'it was made with --create or by pg_dumpall; dump one database without --create to have it restored here',
  })
}
