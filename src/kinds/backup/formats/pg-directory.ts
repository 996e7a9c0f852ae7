/** pg_dump --format=directory: toc.dat, and a file for each table's data that it names. */
import { Damage } from './damage.js'
import type { Inspection } from './facts.js'
import { readPgArchive } from './pg-archive.js'
import type { Reader } from './reader.js'

export const TOC_FILE = 'toc.dat'
/** As pg_restore looks for them. */
const SUFFIXES = ['', '.gz', '.lz4', '.zst']

/** `sizes`: of the files beside toc.dat, by name. */
export async function inspectDirectory(
  toc: Reader,
  sizes: ReadonlyMap<string, number>,
  inspection: Inspection,
): Promise<void> {
  inspection.tell({ format: 'pg_directory' })
  if (toc.size === 0) throw new Damage(`its ${TOC_FILE} is empty`)
  let data = 0
  const missing: string[] = []
  const empty: string[] = []
  await readPgArchive(toc, 'files', inspection, ({ file, name }) => {
    if (file === undefined) return
    data++
    const found = SUFFIXES.map((suffix) => ({ suffix, size: sizes.get(`${file}${suffix}`) })).find(
      ({ size }) => size !== undefined,
    )
    if (found === undefined) missing.push(name)
    // Compressed, even nothing takes a header; and data of a table ends with a line of its own.
    else if (found.size === 0) empty.push(name)
  })
  if (missing.length > 0) {
    throw new Damage(`${missing.length} of ${data} files with data are not there, first that of ${missing[0]}`)
  }
  if (empty.length > 0)
    throw new Damage(`${empty.length} of ${data} files with data are empty, first that of ${empty[0]}`)
}
