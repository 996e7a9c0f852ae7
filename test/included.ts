/** Files that pages of the docs show, so that there is one copy of each: what a user takes is what is tested. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Pages with `<!-- file: PATH -->` before a block. */
export const INCLUDING = ['docs/regular-audits.md', 'docs/ci.md']

const BLOCK = /(<!-- file: (\S+) -->\n```\w*\n)[\s\S]*?^```$/gm

export async function includedPage(root: string, page: string): Promise<[string, string]> {
  const text = await readFile(join(root, page), 'utf8')
  const names = [...text.matchAll(BLOCK)].map(([, , name = '']) => name)
  const files = new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(root, name), 'utf8')] as const)),
  )
  return [page, text.replace(BLOCK, (_, head: string, name: string) => `${head}${files.get(name)}\`\`\``)]
}
