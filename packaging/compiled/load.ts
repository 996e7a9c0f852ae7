/**
 * In the package: what `compile.ts` made of a file is loaded instead of being made again at every start, which took a third
 * of the check of ten thousand files. Whatever is not there, or was not made of this very code by this very Node, is loaded
 * as ever; so is `import.cjs`, of which nothing is compiled. The first that `main.js`, each thread and each process asks for.
 */
import { createRequire } from 'node:module'
import path from 'node:path'
import { codeOf, PACKAGED, scriptOf, unsealed } from './place.js'

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
  const wrapped = file.startsWith(PACKAGED) ? wrappedFrom(file) : undefined
  if (wrapped === undefined) asEver(module, file)
  else wrapped.call(module.exports, module.exports, createRequire(file), module, file, path.dirname(file))
}

function wrappedFrom(file: string): Wrapped | undefined {
  // Source maps are read by Node's own loader alone.
  if (process.sourceMapsEnabled) return undefined
  const code = codeOf(file)
  const compiled = unsealed(code)
  return compiled === undefined ? undefined : (scriptOf(code, compiled).runInThisContext() as Wrapped)
}
