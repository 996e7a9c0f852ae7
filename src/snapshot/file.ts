/** The file a record is kept in: it appears whole or not at all, and what is not whole is refused. */
import { createReadStream } from 'node:fs'
import { access, constants, type FileHandle, lstat, open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { pendingFile } from '../engine/pending-file.js'
import { UsageError } from '../lib/errors.js'
import type { Litter } from '../lib/litter.js'
import { decode, encode, HEAD_BYTES, recordBytes } from './format.js'
import { readSigningKey, readVerifyKey } from './keys.js'
import { isWhole, type PartPlace } from './parts.js'
import { partsOf, readSnapshot, type Snapshot } from './snapshot.js'

export interface SnapshotPlace {
  /** As the user named it. */
  readonly given: string
  readonly force: boolean
  /** File with a private key. */
  readonly sign?: string | undefined
}

export interface SnapshotFile {
  /** `parts`: the files they lie in, by check. Rejects where it cannot be written, or somebody else has written it meanwhile. */
  readonly write: (snapshot: Snapshot, parts: ReadonlyMap<string, string>) => Promise<Written>
}

export interface Written {
  readonly bytes: number
  readonly sha256: string
}

/** Throws a UsageError before anything is looked at, where it could not be kept afterwards. */
export async function openSnapshotFile(
  { given, force, sign }: SnapshotPlace,
  { cwd, litter }: { readonly cwd: string; readonly litter: Litter },
): Promise<SnapshotFile> {
  const path = resolve(cwd, given)
  const there = await lstat(path).catch(() => undefined)
  if (there?.isDirectory()) throw new UsageError(`--output ${given} is a directory`, { suggestions: ['name a file'] })
  if (there !== undefined && !force)
    throw new UsageError(`--output ${given} is there already, and a record of before is not written over`, {
      suggestions: ['name another file', '--force, where it is to be lost'],
    })
  const key = sign === undefined ? undefined : await readSigningKey(sign, cwd)
  // Asked now: to find out after an hour of reading would be late.
  await access(dirname(path), constants.W_OK).catch((cause: Error) => {
    throw new UsageError(`--output ${given} cannot be written: ${cause.message}`, { cause })
  })
  return {
    write: async (snapshot, parts) => {
      const { bytes, sha256 } = encode(snapshot, key)
      const file = pendingFile(path, litter, { replace: force, durable: true })
      let written = bytes.length
      try {
        await file.write(bytes)
        for (const [check, part] of partsOf(snapshot)) {
          const from = parts.get(check)
          if (from === undefined) throw new Error(`the part of "${check}" is not there`)
          for await (const chunk of createReadStream(from) as AsyncIterable<Buffer>) await file.write(chunk)
          written += part.bytes
        }
      } catch (error) {
        await file.discard().catch(() => undefined)
        throw error
      }
      await file.commit()
      return { bytes: written, sha256 }
    },
  }
}

export interface ReadOptions {
  readonly cwd: string
  /** File with a public key. */
  readonly verifyKey?: string | undefined
}

export interface ReadSnapshot {
  readonly snapshot: Snapshot
  readonly sha256: string
  readonly signed: 'no' | 'not checked' | 'checked'
  /** By check; each was found to be whole. */
  readonly parts: ReadonlyMap<string, PartPlace>
}

/** Throws a UsageError where it is not there, not whole, or not signed as it has to be. */
export async function readSnapshotFile(given: string, { cwd, verifyKey }: ReadOptions): Promise<ReadSnapshot> {
  const key = verifyKey === undefined ? undefined : await readVerifyKey(verifyKey, cwd)
  const path = resolve(cwd, given)
  const { bytes, size } = await readRecord(path).catch((cause: Error) => {
    throw new UsageError(`--baseline ${given} cannot be read: ${cause.message}`, { cause })
  })
  const decoded = decode(bytes, key)
  const refuse = (wrong: string): never => {
    throw new UsageError(`--baseline ${given} ${wrong}`, {
      suggestions: ['fetch it again from where it was written; nothing was run'],
    })
  }
  if ('wrong' in decoded) return refuse(decoded.wrong)
  const { value, sha256, signed } = decoded
  const snapshot = readSnapshot(value) ?? refuse('holds what this postflight does not know as a record')
  const parts = new Map<string, PartPlace>()
  let start = bytes.length
  for (const [check, part] of partsOf(snapshot)) {
    parts.set(check, { path, start, ...part })
    start += part.bytes
  }
  if (size < start) return refuse(`was cut short: ${size} of ${start} bytes are there`)
  if (size > start) return refuse('was altered or damaged: there is more than was written')
  for (const [check, part] of parts) {
    if (!(await isWhole(part)))
      return refuse(`was altered or damaged: what it keeps of "${check}" does not have the digest it was written with`)
  }
  return { snapshot, sha256, signed, parts }
}

/** The record without its parts, and how long the file is; of what is no record, its beginning. */
async function readRecord(path: string): Promise<{ readonly bytes: Buffer; readonly size: number }> {
  const file = await open(path)
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw new Error('it is not a file')
    const head = await readUpTo(file, HEAD_BYTES)
    const length = recordBytes(head)
    return { bytes: length === undefined ? head : await readUpTo(file, Math.min(length, stat.size)), size: stat.size }
  } finally {
    await file.close()
  }
}

async function readUpTo(file: FileHandle, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  let at = 0
  for (;;) {
    const { bytesRead } = await file.read(bytes, at, length - at, at)
    at += bytesRead
    if (bytesRead === 0 || at === length) return bytes.subarray(0, at)
  }
}
