/** Keys to sign a record with, and to see who has: Ed25519, in PEM files. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { UsageError } from '../lib/errors.js'

/** Throws a UsageError that says nothing of what is in the file. */
export function readSigningKey(given: string, cwd: string): Promise<KeyObject> {
  return readKey('sign', given, cwd, createPrivateKey, [
    'openssl genpkey -algorithm ed25519 -out before.key',
    'a key with a passphrase cannot be used',
  ])
}

export function readVerifyKey(given: string, cwd: string): Promise<KeyObject> {
  return readKey('verify-key', given, cwd, publicOnly, ['openssl pkey -in before.key -pubout -out before.pub'])
}

async function readKey(
  flag: string,
  given: string,
  cwd: string,
  create: (pem: string) => KeyObject,
  suggestions: readonly string[],
): Promise<KeyObject> {
  const pem = await readFile(resolve(cwd, given), 'utf8').catch((cause: Error) => {
    throw new UsageError(`--${flag} ${given} cannot be read: ${cause.message}`, { cause })
  })
  const what = flag === 'sign' ? 'private' : 'public'
  try {
    const key = create(pem)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // What the library says may quote the file.
  }
  throw new UsageError(`--${flag} ${given} does not hold a ${what} key of Ed25519 in PEM form`, { suggestions })
}

/** A private key has its public one in it, but has no business where records are checked. */
function publicOnly(pem: string): KeyObject {
  if (pem.includes('PRIVATE KEY')) throw new Error('a private key')
  return createPublicKey(pem)
}
