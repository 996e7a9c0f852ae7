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
        response.writeHead(200, { 'content-length': content.length, 'last-modified': modified })
        response.end(Buffer.from(content, 'latin1'))
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
