/** What `bin/run.js` starts: oclif, and the last word on an error that nobody caught. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
// Part by part: the whole of oclif costs as much again as what a command needs of it.
import { run } from '@oclif/core/run'
import { settings } from '@oclif/core/settings'

// The AWS SDK prints a Node-version notice on Node 20 that says nothing to a user of postflight.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
settings.enableAutoTranspile = false

// Left to itself, Node ends an uncaught error with code 1, which here means "a check failed". A bug is 70.
process.on('uncaughtException', (error) => {
  const shown = process.argv.includes('--debug') ? error?.stack : error?.message
  process.stderr.write(`unexpected error, a bug in postflight: ${inspect(shown ?? String(error))}\n`)
  process.exit(70)
})

const pjson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
// The plugins bring the commands that are not ours, and nothing to those that are.
const [command = ''] = process.argv.slice(2)
if (/^[a-z]+$/.test(command) && existsSync(new URL(`./commands/${command}.js`, import.meta.url)))
  pjson.oclif.plugins = []

// Nor may it end with 0, which means "all is whole", because nothing was left to wait for while a command was under way.
let underWay = true
process.on('exit', (code) => {
  if (!underWay || code !== 0) return
  process.stderr.write('unexpected end, a bug in postflight: nothing was left that could have ended the command\n')
  process.exitCode = 70
})

const root = fileURLToPath(new URL('..', import.meta.url))
run(process.argv.slice(2), { root, pjson, userPlugins: false, devPlugins: false })
  .then(() => {
    underWay = false
  })
  .catch(async (thrown) => {
    // oclif's own errors carry their exit code; whatever else gets here is a bug.
    const error = thrown as Error & { oclif?: { exit?: number } }
    error.oclif ??= { exit: 70 }
    const { handle } = (await import('@oclif/core/handle')).default
    // It ends the process, with 0 where that was asked for.
    underWay = false
    await handle(error)
  })
