/**
 * What only Node's own loader can import, in a package whose code is compiled ahead: code that was has no loader of its own.
 * One file that never is imports for all.
 */
import path from 'node:path'
import type { Plugin } from 'rolldown'
import { parseAst } from 'rolldown/parseAst'
import { Visitor } from 'rolldown/utils'

/** `compiled/import.ts` in the package. No other file there is named so, and only `.js` is compiled ahead. */
export const IMPORTER = 'chunks/import.cjs'

/** The screen is bundled apart, and lies beside all that could ask for it. */
export const screenApart: Plugin = {
  name: 'screen apart',
  resolveId: (id) => (id.endsWith('/tui/mount.js') ? { id: './mount.mjs', external: true } : null),
}

export const importsElsewhere: Plugin = {
  name: 'imports elsewhere',
  renderChunk: (code, { fileName }, _, { magicString }) => {
    if (fileName === IMPORTER) return null
    if (magicString === undefined) throw new Error('the bundler does not say what it writes')
    const places: number[] = []
    new Visitor({ ImportExpression: ({ start }) => void places.push(start) }).visit(parseAst(code))
    if (places.length === 0) return null
    const from = path.posix.relative(path.posix.dirname(`/${fileName}`), `/${IMPORTER}`)
    for (const at of places) magicString.update(at, at + 'import'.length, `require("./${from}").importNow`)
    return magicString
  },
}
