/**
 * Puts what was built, and the packages it needs at every start, into few files for the package: a run read some six
 * hundred modules, and to find, read and link each of them took longer than the check of ten thousand files.
 * `dependencies` and `optionalDependencies` of package.json stay packages of their own and are installed beside it;
 * whatever else is imported goes in.
 * `tsx packaging/bundle.ts` puts it where `dist` is, and the licences of what went in beside it.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type OutputChunk, rolldown } from 'rolldown'
import { globSync } from 'tinyglobby'
import { groupOf } from './groups.js'
import { licencesOf } from './licences.js'
import { oclif } from './oclif.js'

const FROM = 'dist'
/** Two levels below the package's root, as commands are, so that `../../checks` is found from wherever code ends up. */
const CHUNKS = 'chunks'
/** Asked for by some packages where it is installed; here it never is. */
const OPTIONAL = ['pg-native', 'react-devtools-core', 'ts-node', 'tsx', 'typescript']
/** React has a build for those who develop with it, and ink tools for them: neither is anything here. */
const DEFINED = { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' }

/** Returns the licences of the packages that went in, as one text. */
export async function bundle(to: string): Promise<string> {
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
    'dependencies' | 'optionalDependencies',
    Record<string, string>
  >
  const outside = [...Object.keys({ ...dependencies, ...optionalDependencies }), ...OPTIONAL]
  // oclif finds commands and hooks by their paths. Threads and processes are started from beside the code that needs them.
  const found = globSync([`${FROM}/main.js`, `${FROM}/{commands,hooks}/**/*.js`])
  const beside = globSync([`${FROM}/**/*-{thread,process}.js`])
  const build = await rolldown({
    input: Object.fromEntries([
      ...found.map((file) => [path.relative(FROM, file).slice(0, -3), file]),
      ...beside.map((file) => [`${CHUNKS}/${path.basename(file, '.js')}`, file]),
    ]),
    external: (id) => outside.some((name) => id === name || id.startsWith(`${name}/`)),
    platform: 'node',
    // The same code as modules, of which the bundler takes what is used.
    resolve: { alias: { yaml: path.resolve('node_modules/yaml/browser/dist/index.js') } },
    transform: { define: DEFINED },
    plugins: [{ name: 'maps', load: withMap }, oclif],
    preserveEntrySignatures: 'allow-extension',
    logLevel: 'warn',
    // What is loaded late in the tree is at hand early where it lies in one file with what is.
    checks: { ineffectiveDynamicImport: false },
  })
  const { output } = await build.write({
    dir: to,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: `${CHUNKS}/[hash].js`,
    codeSplitting: { includeDependenciesRecursively: false, groups: [groupOf(found, beside)] },
    // Names stay, so that the stack of an error can be read; with `node --enable-source-maps` also its places.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    sourcemap: true,
    sourcemapExcludeSources: true,
    comments: false,
  })
  await build.close()
  const chunks = output.filter((file): file is OutputChunk => file.type === 'chunk')
  for (const { fileName } of chunks) refuseLostModules(path.resolve(to, fileName))
  return licencesOf(chunks.flatMap(({ moduleIds }) => moduleIds))
}

/** What was compiled has a map back to what was written; places in a stack are told in that. */
function withMap(id: string) {
  if (!existsSync(`${id}.map`) || !id.startsWith(path.resolve(FROM))) return null
  return { code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') }
}

/** What is started by its path is unknown to the bundler, so it would be found missing only when it is needed. */
function refuseLostModules(file: string): void {
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(
    /new URL\(`(\.[^`$]*\.js)`,\s*import\.meta\.url\)/g,
  )) {
    const module = fileURLToPath(new URL(name, pathToFileURL(file)))
    if (!existsSync(module)) throw new Error(`${file} starts ${name}, which is not beside it`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const licences = await bundle('dist.bundled')
  rmSync(FROM, { recursive: true })
  renameSync('dist.bundled', FROM)
  writeFileSync('THIRD-PARTY-LICENSES', licences)
}
