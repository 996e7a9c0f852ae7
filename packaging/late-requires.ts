/**
 * oclif loads all of itself before it does anything: globs, templates, spinners, the colours of help. As TypeScript compiled
 * it, what a module needs of another is in a constant of its own, so it can as well be loaded where it is first used.
 */
import { readFileSync } from 'node:fs'

const REQUIRED = /^const (\w+_\d+) = ((?:__import(?:Default|Star)\()?require\("[^"]+"\)\)?);$/gm

/** For the bundler: null for what is none of oclif's. */
export function withLateRequires(id: string): string | null {
  return id.includes('/node_modules/@oclif/core/lib/') ? lateRequires(readFileSync(id, 'utf8')) : null
}

/** `code` is CommonJS as TypeScript writes it. */
export function lateRequires(code: string): string {
  const names: string[] = []
  const declared = code.replace(REQUIRED, (_, name: string, required: string) => {
    names.push(name)
    return `let ${name}$;const ${name}$$=()=>${name}$??=${required};`
  })
  return names.reduce(
    (text, name) => text.replace(new RegExp(`\\b${name}\\b(?!\\$)`, 'g'), `(${name}$$$$())`),
    declared,
  )
}
