import { createHash, createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { Sha256 } from '../../src/stores/s3/sha256.js'

const CHUNKS = ['', 'GET\n/bucket\n', 'é '.repeat(100)].map((text) => Buffer.from(text))

async function hex(hash: Sha256): Promise<string> {
  return Buffer.from(await hash.digest()).toString('hex')
}

test.each([0, 1, 2, 3])('is what Node says of %i chunks', async (count) => {
  const own = new Sha256()
  for (const chunk of CHUNKS.slice(0, count)) own.update(chunk)
  const expected = createHash('sha256').update(Buffer.concat(CHUNKS.slice(0, count)))
  expect(await hex(own)).toBe(expected.digest('hex'))
})

test.each([
  ['text', 'AWS4sécret'],
  ['bytes', new Uint8Array([0, 255, 7])],
  ['more bytes than a block has', 'x'.repeat(100)],
] as const)('is HMAC with a secret that is %s', async (_, secret) => {
  const own = new Sha256(secret)
  for (const chunk of CHUNKS) own.update(chunk)
  const expected = createHmac('sha256', secret).update(Buffer.concat(CHUNKS))
  expect(await hex(own)).toBe(expected.digest('hex'))
})

test('begins anew', async () => {
  const own = new Sha256()
  own.update(Buffer.from('another'))
  own.reset()
  own.update(Buffer.from('one'))
  expect(await hex(own)).toBe(createHash('sha256').update('one').digest('hex'))
})
