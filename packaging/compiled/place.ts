/** What both who compiles and who loads what was compiled must agree on. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import vm from 'node:vm'

/** Where the code of the package lies, with a separator at its end. */
export const PACKAGED = fileURLToPath(new URL('../', import.meta.url))

/** V8 refuses what another version of it made; that another processor's was made is for us to see. */
export const COMPILED = path.join(PACKAGED, '../compiled', `${process.version}-${process.platform}-${process.arch}`)

export function compiledPath(file: string): string {
  return path.join(COMPILED, `${path.relative(PACKAGED, file)}.v8`)
}

const HEAD = '(function(exports,require,module,__filename,__dirname){'

/** A function of what Node gives to a module. Places in it are those of the file. */
export function scriptOf(file: string, { cachedData }: { readonly cachedData?: Buffer } = {}): vm.Script {
  return new vm.Script(`${HEAD}${readFileSync(file, 'utf8')}\n})`, {
    filename: file,
    columnOffset: -HEAD.length,
    ...(cachedData && { cachedData }),
  })
}
