/**
 * Compiles the package for the Node that installs it, every function of every file, and lays the result into the package for
 * `load.ts`. Started by npm after installing; without it, or where nothing can be written, all runs as well and starts later.
 */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import v8 from 'node:v8'
import { COMPILED, type Code, codeOf, compiledPath, PACKAGED, scriptOf, sealed } from './place.js'

/** Whoever starts meanwhile finds each file whole or not at all. */
function compileAll(): void {
  mkdirSync(path.dirname(COMPILED), { recursive: true })
  const unfinished = mkdtempSync(`${COMPILED}.`)
  try {
    for (const name of readdirSync(PACKAGED, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.js')) continue
      const code = codeOf(path.join(PACKAGED, name))
      const to = compiledPath(unfinished, code.file)
      mkdirSync(path.dirname(to), { recursive: true })
      writeFileSync(to, sealed(code, compiled(code)))
    }
    putInPlace(unfinished)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}

function compiled(code: Code): Buffer {
  // Else a function is compiled when it is first called. What is made carries the flags it was made with, and they must be
  // those of every start.
  v8.setFlagsFromString('--no-lazy')
  const script = scriptOf(code)
  v8.setFlagsFromString('--lazy')
  return script.createCachedData()
}

/** What was there is moved away whole: of one that is removed where it stands, others who put theirs there find a part. */
function putInPlace(unfinished: string): void {
  const old = mkdtempSync(`${COMPILED}.`)
  try {
    unless(['ENOENT'], () => renameSync(COMPILED, old))
    // Another who compiles at the same time was first.
    unless(['ENOTEMPTY', 'EEXIST'], () => renameSync(unfinished, COMPILED))
  } finally {
    rmSync(old, { recursive: true, force: true })
  }
}

function unless(codes: readonly string[], work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!codes.includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

try {
  compileAll()
} catch (error) {
  console.warn(`postflight is installed, but will start more slowly: it could not be compiled for this Node (${error})`)
}
