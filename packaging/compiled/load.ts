/**
 * In the package: what `compile.ts` made of a file is loaded instead of being made again at every start, which took a third
 * of the check of ten thousand files. Whatever is not there, or was not made of this very file by this very Node, is loaded
 * as ever. The first that `main.js`, and each thread and process, asks for.
 */
import { readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { compiledPath, PACKAGED, scriptOf } from './place.js'

const { extensions } = createRequire(import.meta.url)
const asEver = extensions['.js']

/** What Node calls a module with, in its order. */
type Wrapped = (
  exports: unknown,
  require: NodeJS.Require,
  module: NodeJS.Module,
  file: string,
  directory: string,
) => void

extensions['.js'] = (module, file) => {
  const wrapped = wrappedFrom(file)
  if (wrapped === undefined) asEver(module, file)
  else wrapped.call(module.exports, module.exports, createRequire(file), module, file, path.dirname(file))
}

function wrappedFrom(file: string): Wrapped | undefined {
  // Places in a stack are told by Node's own loader alone.
  if (!file.startsWith(PACKAGED) || process.sourceMapsEnabled) return undefined
  try {
    const compiled = compiledPath(file)
    // V8 looks at the length of what was compiled: somebody may have mended a file since.
    if (statSync(file).mtimeMs > statSync(compiled).mtimeMs) return undefined
    const script = scriptOf(file, { cachedData: readFileSync(compiled) })
    return script.runInThisContext() as Wrapped
  } catch {
    return undefined
  }
}
