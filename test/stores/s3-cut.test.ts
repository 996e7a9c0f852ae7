import { expect, it } from 'vitest'
import { keyFromText } from '../../src/lib/key.js'
import { createScanner } from '../../src/stores/s3/scan-listing.js'

const object = (key: string) =>
  `<Contents><Key>${key}</Key><LastModified>2024-02-29T23:59:59.123Z</LastModified><ETag>&quot;${'0'.repeat(32)}&quot;` +
  `</ETag><Size>7</Size><StorageClass>STANDARD</StorageClass></Contents>`

it('an answer that was cut is an error wherever it ends, though the rest of it still lies behind', () => {
  const xml = Buffer.from(
    `<ListBucketResult><IsTruncated>false</IsTruncated>${object('a')}${object('b')}</ListBucketResult>`,
  )
  const { scan } = createScanner({ label: 'media', prefix: keyFromText('') })
  expect(scan(xml).objects.count).toBe(2)
  for (let end = 0; end < xml.length; end++)
    expect(() => scan(xml.subarray(0, end)), `cut at ${end}`).toThrow('the listing is incomplete')
})
