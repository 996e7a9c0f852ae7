/** Bundles the style and the script of the HTML report into the module that carries them: `src/reporters/html/assets.ts`. */
import path from 'node:path'
import { build } from 'esbuild'

const CLIENT = 'src/reporters/html/client'

export const ASSETS = 'src/reporters/html/assets.ts'

/** The text of the module; the same for the same sources. */
export async function pageAssets(root: string): Promise<string> {
  const [style, script] = [await bundled(root, 'page.css'), await bundled(root, 'main.ts')]
  return `/** Made by \`npm run generate\` from \`client/\`: what is in it is changed there. */
export const STYLE = ${JSON.stringify(style)}
export const SCRIPT = ${JSON.stringify(script)}
`
}

async function bundled(root: string, file: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [path.join(root, CLIENT, file)],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'error',
  })
  // Without blanks between words a tab stands in a text; a report hides nothing, not even there.
  const text = (outputFiles[0]?.text ?? '').trim().replaceAll('\t', '\\t')
  // It stands in an element of its own, which these would end.
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error(`${file} holds what ends its element`)
  return text
}
