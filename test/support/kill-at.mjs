/**
 * Loaded before the command by a test of interruptions. Kills the process, as kill -9 does, at the n-th time it changes a
 * file (KILL_AT); a write is torn half-way then. Without KILL_AT writes how often that was into COUNT_TO. Time passes
 * faster: what is done once a second is done every time.
 */
import fs, { writeFileSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const at = Number(process.env.KILL_AT ?? Number.POSITIVE_INFINITY)
let count = 0
const turn = (tear) => {
  if (++count !== at) return
  tear?.()
  process.kill(process.pid, 'SIGKILL')
}
process.on('exit', () => {
  if (process.env.COUNT_TO !== undefined) writeFileSync(process.env.COUNT_TO, String(count))
})

const handle = await open('/dev/null', 'r')
const proto = Object.getPrototypeOf(handle)
await handle.close()
for (const name of ['write', 'writeFile']) {
  const original = proto[name]
  proto[name] = function (data, ...rest) {
    turn(() => {
      const bytes = Buffer.from(data)
      if (bytes.length > 1) writeSync(this.fd, bytes.subarray(0, bytes.length >> 1))
    })
    return original.call(this, data, ...rest)
  }
}
for (const name of ['datasync', 'truncate']) {
  const original = proto[name]
  proto[name] = function (...rest) {
    turn()
    return original.apply(this, rest)
  }
}
for (const name of ['rename', 'rm', 'mkdir', 'writeFile']) {
  const original = fs.promises[name]
  fs.promises[name] = (...rest) => {
    turn()
    return original(...rest)
  }
}
syncBuiltinESMExports()

const RealDate = Date
let ahead = 0
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length > 0) super(...given)
    else {
      ahead += 1100
      super(RealDate.now() + ahead)
    }
  }
}
const later = globalThis.setTimeout
globalThis.setTimeout = (call, ms, ...rest) => later(call, ms === 1000 ? 5 : ms, ...rest)
