// Preloaded into a process (`--import`): appends every module it loads to the file RECORD_MODULES names.
import { appendFileSync } from 'node:fs'
import { createRequire, register } from 'node:module'

register(
  `data:text/javascript,${encodeURIComponent(`
    import { appendFileSync } from 'node:fs'
    export async function load(url, context, next) {
      appendFileSync(process.env.RECORD_MODULES, url + '\\n')
      return next(url, context)
    }
  `)}`,
)

const { cache } = createRequire(import.meta.url)
process.on('exit', () => appendFileSync(process.env.RECORD_MODULES, `${Object.keys(cache).join('\n')}\n`))
