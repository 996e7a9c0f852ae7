import { createServer } from 'node:http'
import { connectionSchema, type HttpSpec } from '../../src/connections/schema.js'
import { keyFromLatin1 } from '../../src/lib/key.js'
import { createHttpStore } from '../../src/stores/http/http.js'
import { storeContract } from './contract.js'
import { listen } from './listen.js'

storeContract({
  many: 0,
  lists: false,
  // `.` and `..` alone as segments cannot be asked for; none of the names is one.
  holds: () => true,
  open: async (objects) => {
    const modified = new Date().toUTCString()
    const server = createServer((request, response) => {
      const path = (request.url ?? '').slice('/base/'.length)
      const bytes = path.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      const content = request.url?.startsWith('/base/') ? objects.get(keyFromLatin1(bytes)) : undefined
      if (content === undefined) response.writeHead(404).end('nothing here')
      else {
        const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
        const bytes = Buffer.from(content, 'latin1')
        if (from === undefined) {
          response.writeHead(200, { 'content-length': content.length, 'last-modified': modified }).end(bytes)
        } else if (Number(from) >= bytes.length) {
          response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end()
        } else {
          const part = bytes.subarray(Number(from), Number(to) + 1)
          const last = Number(from) + part.length - 1
          response.writeHead(206, { 'content-range': `bytes ${from}-${last}/${bytes.length}` }).end(part)
        }
      }
    })
    const { origin, close } = await listen(server)
    const store = createHttpStore('cdn', connectionSchema.parse({ type: 'http', url: `${origin}/base` }) as HttpSpec)
    return {
      store,
      close: async () => {
        await store.close()
        await close()
      },
    }
  },
})
