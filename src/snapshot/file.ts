/** The file a record is kept in: it appears whole or not at all, and what is not whole is refused. */
import { access, constants, lstat, readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { pendingFile } from '../engine/pending-file.js'
import { UsageError } from '../lib/errors.js'
import type { Litter } from '../lib/litter.js'
import { decode, type Encoded, encode } from './format.js'
import { readSigningKey, readVerifyKey } from './keys.js'
import { readSnapshot, type Snapshot } from './snapshot.js'

export interface SnapshotPlace {
  /** As the user named it. */
  readonly given: string
  readonly force: boolean
  /** File with a private key. */
  readonly sign?: string | undefined
}

export interface SnapshotFile {
  /** Rejects where it cannot be written, or somebody else has written it meanwhile. */
  readonly write: (snapshot: Snapshot) => Promise<Encoded>
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
    write: async (snapshot) => {
      const encoded = encode(snapshot, key)
      const file = pendingFile(path, litter, { replace: force, durable: true })
      await file.write(encoded.bytes)
      await file.commit()
      return encoded
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
}

/** Throws a UsageError where it is not there, not whole, or not signed as it has to be. */
export async function readSnapshotFile(given: string, { cwd, verifyKey }: ReadOptions): Promise<ReadSnapshot> {
  const key = verifyKey === undefined ? undefined : await readVerifyKey(verifyKey, cwd)
  const bytes = await readFile(resolve(cwd, given)).catch((cause: Error) => {
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
  return { snapshot, sha256, signed }
}
