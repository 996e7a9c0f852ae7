/**
 * oclif on its way into the package. It loads all of itself before it does anything: globs, templates, spinners, the colours
 * of help. As TypeScript compiled it, what a module needs of another is in a constant of its own, so it can as well be loaded
 * where it is first used.
 */
import { readFileSync } from 'node:fs'
import type { Plugin } from 'rolldown'

const REQUIRED = /^const (\w+_\d+) = ((?:__import(?:Default|Star)\()?require\("[^"]+"\)\)?);$/gm

/** Asked at every start, for a name of the platform that nobody reads here. */
const WSL = 'wsl-utils'

/** The first word of a language that is compared takes longer than all else of this sort; ids of commands are ASCII. */
const SORTED = { by: 'a.id.localeCompare(b.id)', instead: '(a.id < b.id ? -1 : 1)', in: '/lib/config/plugin.js' }

export const oclif: Plugin = {
  name: 'oclif',
  resolveId: (id) => (id === WSL ? `\0${WSL}` : null),
  load: (id) => {
    if (id === `\0${WSL}`) return 'export const isWsl = false'
    if (!id.includes('/node_modules/@oclif/core/lib/')) return null
    const code = lateRequires(readFileSync(id, 'utf8'))
    if (!id.endsWith(SORTED.in)) return code
    if (!code.includes(SORTED.by))
      throw new Error(`oclif sorts its commands in another way: see ${import.meta.filename}`)
    return code.replace(SORTED.by, SORTED.instead)
  },
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
