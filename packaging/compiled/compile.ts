/**
 * Compiles the package for the Node that installs it, every function of every file, and lays the result beside them for
 * `load.ts`. Started by npm after installing; without it, or where nothing can be written, all runs as well and starts later.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import v8 from 'node:v8'
import { COMPILED, PACKAGED, scriptOf } from './place.js'

/** Whoever starts meanwhile finds all of it or none. */
const made = `${COMPILED}.${process.pid}`

function compileAll(): void {
  for (const name of readdirSync(PACKAGED, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.js')) continue
    const file = path.join(made, `${name}.v8`)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, compiled(path.join(PACKAGED, name)))
  }
  rmSync(COMPILED, { recursive: true, force: true })
  renameSync(made, COMPILED)
}

function compiled(file: string): Buffer {
  // Else a function is compiled when it is first called. What is made carries the flags it was made with, and they must be
  // those of every start.
  v8.setFlagsFromString('--no-lazy')
  const script = scriptOf(file)
  v8.setFlagsFromString('--lazy')
  return script.createCachedData()
}

function removeUnfinished(): void {
  try {
    rmSync(made, { recursive: true, force: true })
  } catch {
    // Where nothing could be written there is nothing.
  }
}

try {
  compileAll()
} catch (error) {
  removeUnfinished()
  console.warn(`postflight is installed, but will start more slowly: it could not be compiled for this Node (${error})`)
}
