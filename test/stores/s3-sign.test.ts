import { S3Client } from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { keyFromText } from '../../src/lib/key.js'
import { createScanner } from '../../src/stores/s3/scan-listing.js'
import { amzDate, createSign, encodeQuery } from '../../src/stores/s3/sign.js'
import { signedGet } from '../../src/stores/s3/signed-get.js'

const credentials = { accessKeyId: 'AKEXAMPLE', secretAccessKey: 'secret/+=' }
const client = new S3Client({ region: 'eu-west-3', endpoint: 'http://127.0.0.1:9', forcePathStyle: true, credentials })
const signed = { host: '127.0.0.1:9', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'x-amz-request-payer': 'requester' }
const scope = { region: 'eu-west-3', service: 's3' }

/** As the signer of the SDK signs it. */
async function bySdk(path: string, query: Readonly<Record<string, string>>, time: number) {
  const signer = await client.config.signer()
  const { headers } = await signer.sign(
    { method: 'GET', protocol: 'http:', hostname: '127.0.0.1', port: 9, path, query, headers: { ...signed } },
    { signingDate: new Date(time), signingRegion: scope.region, signingService: scope.service },
  )
  return headers
}

const text = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.constantFrom('a b', "!'()*", '~%2F+', 'é/ü'))
const times = fc.integer({ min: 0, max: 4e12 })

it('a request is signed as the signer of the SDK signs it', async () => {
  const names = fc.constantFrom('list-type', 'prefix', 'prefix-a', 'start-after', 'continuation-token', 'ä')
  await fc.assert(
    fc.asyncProperty(fc.dictionary(names, text), times, async (query, time) => {
      const headers = { ...signed, 'x-amz-date': amzDate(time) }
      const own = createSign(scope, '/bench', headers, credentials)(encodeQuery(query))
      expect(own).toBe((await bySdk('/bench', query, time))['authorization'])
    }),
  )
})

it('requests are made without the SDK only where the SDK signed the first as they will be', async () => {
  const query = { 'list-type': '2', 'start-after': 'a b' }
  const model = { protocol: 'http:', hostname: '127.0.0.1', port: 9, path: '/bench', query }
  const headers = await bySdk(model.path, query, Date.now())
  const sdk = await import('@aws-sdk/client-s3')
  const scan = createScanner({ label: 'bench', prefix: keyFromText('') })
  const get = (request: object) => signedGet({ sdk, client }, scan, { ...model, headers, ...request })
  expect(await get({})).toBeDefined()
  expect(await get({ path: '/other' })).toBeUndefined()
  expect(await get({ query: { ...query, 'list-type': '1' } })).toBeUndefined()
  expect(await get({ headers: { ...headers, 'x-amz-request-payer': 'owner' } })).toBeUndefined()
  expect(await get({ headers: signed })).toBeUndefined()
})
