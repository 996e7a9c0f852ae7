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
import { type InputOptions, type OutputChunk, type OutputOptions, rolldown } from 'rolldown'
import { globSync } from 'tinyglobby'
import { groupOf } from './groups.js'
import { licencesOf } from './licences.js'
import { IMPORTER, importsElsewhere, screenApart } from './native-import.js'
import { oclif } from './oclif.js'

const FROM = 'dist'
/** Two levels below the package's root, as commands are, so that `../../checks` is found from wherever code ends up. */
const CHUNKS = 'chunks'
/** Asked for by some packages where it is installed; here it never is. */
const OPTIONAL = ['pg-native', 'react-devtools-core', 'ts-node', 'tsx', 'typescript']
/** React has a build for those who develop with it, and ink tools for them: neither is anything here. */
const DEFINED = { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' }
/** What loads, makes and goes round what is compiled ahead. */
const COMPILING = ['load', 'compile', 'import'].map((name) => path.join(import.meta.dirname, `compiled/${name}.ts`))

/** Returns the licences of the packages that went in, as one text. */
export async function bundle(to: string): Promise<string> {
  const chunks = [...(await commands(to)), ...(await screen(to))]
  writeFileSync(path.join(to, 'package.json'), '{ "type": "commonjs" }\n')
  for (const { fileName } of chunks) refuseLostModules(path.resolve(to, fileName))
  return licencesOf(chunks.flatMap(({ moduleIds }) => moduleIds))
}

/** All but the screen, as CommonJS: only that can be compiled ahead. */
function commands(to: string): Promise<OutputChunk[]> {
  // oclif finds commands and hooks by their paths. Threads and processes are started from beside the code that needs them.
  const found = globSync([`${FROM}/main.js`, `${FROM}/{commands,hooks}/**/*.js`])
  const beside = globSync([`${FROM}/**/*-{thread,process}.js`])
  const started = new Set([`${FROM}/main.js`, ...beside].map((file) => path.resolve(file)))
  return written(to, {
    input: {
      ...Object.fromEntries(found.map((file) => [path.relative(FROM, file).slice(0, -3), file])),
      ...Object.fromEntries([...beside, ...COMPILING].map((file) => [`${CHUNKS}/${path.parse(file).name}`, file])),
    },
    plugins: [maps, oclif, screenApart, importsElsewhere],
    output: {
      format: 'cjs',
      entryFileNames: ({ name }) => (`${name}.cjs` === IMPORTER ? IMPORTER : '[name].js'),
      codeSplitting: { includeDependenciesRecursively: false, groups: [groupOf([...found, ...COMPILING], beside)] },
      // ES modules are strict, and the bundler's own word for it does not survive its minifier.
      strict: false,
      banner: ({ facadeModuleId, fileName }) =>
        `"use strict";${started.has(facadeModuleId ?? '') ? `require("./${path.relative(path.dirname(fileName), `${CHUNKS}/load.js`)}");` : ''}`,
    },
  })
}

/** yoga, which ink lays the screen out with, awaits where only an ES module can. What it shares with the rest it brings along. */
function screen(to: string): Promise<OutputChunk[]> {
  return written(to, {
    input: { [`${CHUNKS}/mount`]: `${FROM}/tui/mount.js` },
    plugins: [maps],
    output: { format: 'esm', entryFileNames: '[name].mjs', chunkFileNames: `${CHUNKS}/[hash].mjs` },
  })
}

async function written(to: string, { output: own, ...input }: InputOptions & { output: OutputOptions }) {
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<
    'dependencies' | 'optionalDependencies',
    Record<string, string>
  >
  const outside = [...Object.keys({ ...dependencies, ...optionalDependencies }), ...OPTIONAL]
  const build = await rolldown({
    external: (id) => outside.some((name) => id === name || id.startsWith(`${name}/`)),
    platform: 'node',
    // The same code as modules, of which the bundler takes what is used.
    resolve: { alias: { yaml: path.resolve('node_modules/yaml/browser/dist/index.js') } },
    transform: { define: DEFINED },
    preserveEntrySignatures: 'allow-extension',
    logLevel: 'warn',
    // What is loaded late in the tree is at hand early where it lies in one file with what is.
    checks: { ineffectiveDynamicImport: false },
    experimental: { nativeMagicString: true },
    ...input,
  })
  const { output } = await build.write({
    dir: to,
    entryFileNames: '[name].js',
    chunkFileNames: `${CHUNKS}/[hash].js`,
    // Names stay, so that the stack of an error can be read; with `node --enable-source-maps` also its places.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    sourcemap: true,
    sourcemapExcludeSources: true,
    comments: false,
    ...own,
  })
  await build.close()
  return output.filter((file): file is OutputChunk => file.type === 'chunk')
}

/** What was compiled has a map back to what was written; places in a stack are told in that. */
const maps = {
  name: 'maps',
  load: (id: string) => {
    if (!existsSync(`${id}.map`) || !id.startsWith(path.resolve(FROM))) return null
    return { code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') }
  },
}

/** What is started by its path is unknown to the bundler, so it would be found missing only when it is needed. */
function refuseLostModules(file: string): void {
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(
    /new URL\(`(\.[^`$]*\.js)`,require\(`url`\)\.pathToFileURL\(__filename\)/g,
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
