/** What opens a connection of any type. */
import { loadOpeners } from '../../src/connections/openers.js'

export const openers = await loadOpeners({
  bucket: { type: 's3' },
  web: { type: 'http' },
  queue: { type: 'redis' },
  old: { type: 'mysql' },
})
