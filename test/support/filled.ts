/** Puts it between `<!-- name -->` and `<!-- /name -->` of a page that is written by hand. */
export function filled(page: string, name: string, text: string, path: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from === -1 || to < from) throw new Error(`${path} has no place for ${name}`)
  return `${page.slice(0, from)}${begin}\n\n${text}\n\n${page.slice(to)}`
}
