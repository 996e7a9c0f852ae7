/**
 * Answers ListObjectsV2 from memory, in a process of its own: `s3-server.ts KEYS [LATENCY_MS]` prints its port. Every
 * object is rendered before the first request, and nothing is signed or checked, so that whoever lists is what is
 * measured. `GET /stats?reset` tells how many requests there were and what they cost here.
 */
import { createServer } from 'node:http'
import { encodeKey, makeKeys } from './s3-keys.js'

const PAGE = 1000
const [count = '100000', latency = '0'] = process.argv.slice(2)
const keys = makeKeys(Number(count))
const offsets = new Uint32Array(keys.length + 1)
const parts: Buffer[] = []
// One string of all of them would be longer than a string can be.
for (let from = 0; from < keys.length; from += 10_000) {
  const rendered = keys.slice(from, from + 10_000).map((key, index) => render(key, from + index))
  for (const [index, text] of rendered.entries())
    offsets[from + index + 1] = (offsets[from + index] as number) + text.length
  parts.push(Buffer.from(rendered.join(''), 'latin1'))
}
const contents = Buffer.concat(parts)
parts.length = 0

let requests = 0
/** Listings that were begun, at the beginning or behind a key. */
let ranges = 0
let began = process.cpuUsage()

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost')
  if (url.pathname === '/stats') {
    const { user, system } = process.cpuUsage(began)
    response.end(JSON.stringify({ requests, ranges, cpuMs: (user + system) / 1000 }))
    if (url.searchParams.has('reset')) {
      requests = 0
      ranges = 0
      began = process.cpuUsage()
    }
    return
  }
  requests++
  const text = (name: string) => url.searchParams.get(name) ?? ''
  const prefix = text('prefix')
  const token = text('continuation-token')
  if (token === '') ranges++
  const after = text('start-after')
  let from = token === '' ? lowerBound(after === '' ? prefix : `${after}\0`) : Number(token)
  if (after < prefix && token === '') from = lowerBound(prefix)
  const end = prefix === '' ? keys.length : lowerBound(`${prefix}\uffff`)
  const to = Math.min(end, from + Math.min(PAGE, Number(url.searchParams.get('max-keys') ?? PAGE)))
  const more = to < end
  const head =
    `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
    `<Name>bench</Name><Prefix>${encodeKey(prefix)}</Prefix>` +
    (more ? `<NextContinuationToken>${to}</NextContinuationToken>` : '') +
    `<KeyCount>${Math.max(0, to - from)}</KeyCount><MaxKeys>${PAGE}</MaxKeys><EncodingType>url</EncodingType>` +
    `<IsTruncated>${more}</IsTruncated>`
  const body = contents.subarray(offsets[from], offsets[Math.max(from, to)])
  const tail = '</ListBucketResult>'
  const answer = () => {
    response.writeHead(200, {
      'content-type': 'application/xml',
      'content-length': head.length + body.length + tail.length,
    })
    response.cork()
    response.write(head)
    response.write(body)
    response.end(tail)
  }
  if (Number(latency) === 0) answer()
  else setTimeout(answer, Number(latency))
})

function render(key: string, index: number): string {
  const modified = new Date(1_700_000_000_000 + index * 1000).toISOString()
  const etag = (index * 2654435761).toString(16).padStart(32, '0').slice(-32)
  return (
    `<Contents><Key>${encodeKey(key)}</Key><LastModified>${modified}</LastModified><ETag>&quot;${etag}&quot;</ETag>` +
    `<Size>${(index * 7919) % 5_000_000}</Size><StorageClass>STANDARD</StorageClass></Contents>`
  )
}

function lowerBound(bound: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] ?? '') < bound) low = middle + 1
    else high = middle
  }
  return low
}

server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address !== null) process.stdout.write(`${address.port}\n`)
})
