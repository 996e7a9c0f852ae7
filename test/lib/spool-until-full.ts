/** Spools into the directory of its argument until there is an error, and prints it: for a test with a small disk. */
import { readdir } from 'node:fs/promises'
import { CheckError } from '../../src/lib/errors.js'
import { keyFromLatin1 } from '../../src/lib/key.js'
import { createSpool } from '../../src/lib/spool.js'

const dir = process.argv[2] ?? ''
const spool = createSpool({ dir, runBytes: 10_000 })
try {
  for (let index = 0; index < 100_000; index++) await spool.add(keyFromLatin1(String((index * 7919) % 100_000)), 'x')
} catch (error) {
  await spool.close()
  if (!(error instanceof CheckError)) throw error
  const { name, message, hint } = error
  console.log(JSON.stringify({ name, message, hint, left: await readdir(dir) }))
}
