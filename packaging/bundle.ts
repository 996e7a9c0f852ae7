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
import { build, type Metafile } from 'esbuild'
import { globSync } from 'tinyglobby'
import { licencesOf } from './licences.js'

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
  // oclif finds commands and hooks by their paths. Threads and processes are started from beside the code that needs them.
  const found = globSync([`${FROM}/main.js`, `${FROM}/{commands,hooks}/**/*.js`])
  const beside = globSync([`${FROM}/**/*-{thread,process}.js`])
  const { metafile } = await build({
    entryPoints: Object.fromEntries([
      ...found.map((file) => [path.relative(FROM, file).slice(0, -3), file]),
      ...beside.map((file) => [`${CHUNKS}/${path.basename(file, '.js')}`, file]),
    ]),
    outdir: to,
    chunkNames: `${CHUNKS}/[hash]`,
    bundle: true,
    splitting: true,
    external: [...Object.keys({ ...dependencies, ...optionalDependencies }), ...OPTIONAL],
    format: 'esm',
    platform: 'node',
    target: 'node20',
    define: DEFINED,
    // Names stay, so that the stack of an error can be read; with `node --enable-source-maps` also its places.
    minifyWhitespace: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
  })
  const files = Object.keys(metafile.outputs).filter((file) => file.endsWith('.js'))
  for (const file of files) giveRequire(file)
  for (const file of files) refuseLostModules(path.resolve(file))
  refuseLostNames(metafile)
  return licencesOf(Object.keys(metafile.inputs))
}

/** Packages of the older kind ask for modules of Node by `require`, which is not there in a module. */
function giveRequire(file: string): void {
  const text = readFileSync(file, 'utf8')
  if (!text.includes('typeof require<"u"') && !text.includes('typeof require!=="undefined"')) return
  const given = 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);'
  // On the same line, for the source map counts lines.
  writeFileSync(file, `${given}${text}`)
}

/** What is started by its path is unknown to the bundler, so it would be found missing only when it is needed. */
function refuseLostModules(file: string): void {
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/new URL\("(\.[^"]*\.js)",\s*import\.meta\.url\)/g)) {
    const module = fileURLToPath(new URL(name, pathToFileURL(file)))
    if (!existsSync(module)) throw new Error(`${file} starts ${name}, which is not beside it`)
  }
}

/** Of a CommonJS package loaded later the bundler keeps `default` alone, as Node gives it too: other names would be undefined. */
function refuseLostNames({ outputs }: Metafile): void {
  const whole = Object.entries(outputs).filter(
    ([, { exports, entryPoint }]) => entryPoint && `${exports}` === 'default',
  )
  const found = whole.filter(([, { entryPoint = '' }]) => entryPoint.includes('node_modules/'))
  const names = new Map(found.map(([file, { entryPoint }]) => [path.basename(file), entryPoint]))
  for (const file of Object.keys(outputs).filter((name) => name.endsWith('.js')))
    for (const [, name = '', next] of readFileSync(file, 'utf8').matchAll(
      /import\("[^"]*?([^"/]+)"\)(\)\.default\b)?/g,
    ))
      if (names.has(name) && next === undefined)
        throw new Error(`${file} loads ${names.get(name)}: write "(await import(…)).default", or its names are lost`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const licences = await bundle('dist.bundled')
  rmSync(FROM, { recursive: true })
  renameSync('dist.bundled', FROM)
  writeFileSync('THIRD-PARTY-LICENSES', licences)
}
