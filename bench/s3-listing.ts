/**
 * Lists the bench's bucket one way, so many times over, in a process of its own as a run is:
 * `s3-listing.ts WAY PORT KEYS AT_ONCE TIMES SPLITS_FILE` prints what each listing took, as JSON.
 */
import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import { type Key, keyFromLatin1 } from '../src/lib/key.js'
import { bare, createSigning, type Lister, ours, paginator } from './s3-listers.js'

export interface Listing {
  readonly seconds: number
  /** User and system, of all threads of the process. */
  readonly cpuMicros: number
  readonly requests: number
  readonly ranges: number
}

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
const [way = '', ...numbers] = process.argv.slice(2, 7)
const [port = 0, keys = 0, atOnce = 0, times = 0] = numbers.map(Number)
const splits: readonly Key[] = JSON.parse(readFileSync(process.argv[7] ?? '', 'utf8')).map(keyFromLatin1)

const listings: Listing[] = []
while (listings.length < times) listings.push(await listed())
console.log(JSON.stringify(listings))

async function listed(): Promise<Listing> {
  const lister = await open()
  try {
    await stats('?reset')
    const before = process.cpuUsage()
    const began = performance.now()
    const found = await lister.list()
    const seconds = (performance.now() - began) / 1000
    const { user, system } = process.cpuUsage(before)
    if (found !== keys) throw new Error(`${way}: ${found} keys of ${keys}`)
    return { seconds, cpuMicros: user + system, ...(await stats()) }
  } finally {
    await lister.close()
  }
}

function open(): Promise<Lister> {
  const endpoint = `http://127.0.0.1:${port}`
  switch (way) {
    case 'bare':
      return bare(port, keys, atOnce)
    case 'signed':
      return bare(port, keys, atOnce, createSigning(port))
    case 'rows':
      return ours(endpoint, atOnce, splits)
    case 'guessed':
      return ours(endpoint, atOnce, undefined)
    case 'paginator':
      return paginator(endpoint, keys)
    default:
      throw new Error(`no way: ${way}`)
  }
}

function stats(query = ''): Promise<Pick<Listing, 'requests' | 'ranges'>> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: `/stats${query}`, agent: false }, (response) => {
      text(response).then((told) => resolve(JSON.parse(told)), reject)
    }).once('error', reject)
  })
}
