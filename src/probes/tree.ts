/** Everything below a directory, on its own file system, in numbers: no content is read, and no name kept but of broken links. */
import { type Key, keyFromBytes, keyFromLatin1 } from '../lib/key.js'
import { runScript } from '../vantage/run.js'
import type { Vantage } from '../vantage/vantage.js'
import { isAbsence, type ToolError, toolError } from './error-text.js'
import type { Options } from './volume-look.js'

export interface Tree {
  readonly entries: number
  /** `uid:gid`, each once. */
  readonly owners: readonly string[]
  readonly setgidDirectories: number
  /** Files with more than one name. */
  readonly hardlinked: number
  /** Files that hold less than they are long. */
  readonly sparse: number
  /** Milliseconds since a file was last written, by the clock of the vantage; undefined where there is no file. */
  readonly newestAgeMs: number | undefined
  readonly oldestAgeMs: number | undefined
}

/** `stat` once for many names; awk adds up, so what comes back does not grow with the tree. Types are told by hex digits. */
const TREE = `
export LC_ALL=C
find "$1" -xdev -exec stat -c '%f %u:%g %h %Y %s %b' {} + | awk '
  { n++; owners[$2] = 1; four = length($1) == 4; type = substr($1, 1, 1) }
  four && type == "4" && index("4567cdef", substr($1, 2, 1)) { setgid++ }
  four && type == "8" {
    if ($3 > 1) linked++
    if ($6 * 512 < $5) sparse++
    if (newest == "" || $4 + 0 > newest + 0) newest = $4
    if (oldest == "" || $4 + 0 < oldest + 0) oldest = $4
  }
  END {
    printf "%.0f %.0f %.0f %.0f %s %s\\n", n, setgid, linked, sparse, newest == "" ? "-" : newest, oldest == "" ? "-" : oldest
    for (one in owners) print one
  }'
date +%s
`

/** That a link leads where whoever looks may not go is no proof that nothing is there. */
const BROKEN = `
export LC_ALL=C
cd "$1" && find . -xdev -type l ! -exec test -e {} \\; -exec sh -c '
  said=$(stat -L -- "$1" 2>&1 >/dev/null)
  case $said in *"Permission denied") printf "%s\\n" "$said" >&2; exit 1 ;; esac' sh {} \\; -print0
`

const CAPABLE = `
export LC_ALL=C
command -v getcap >/dev/null || { echo "getcap: not installed" >&2; exit 0; }
getcap -r "$1" 2>/dev/null | grep -c .
exit 0
`

/** Or what kept a part of it from being seen. */
export async function treeAt(vantage: Vantage, path: string, options: Options): Promise<Tree | ToolError> {
  const root = await vantage.root(options)
  const { stdout, stderr } = await runScript(vantage, TREE, [root + path], options)
  const unseen = unseenIn(stderr)
  const [numbers = '', ...lines] = stdout.toString().trimEnd().split('\n')
  // At the end of the walk: what was written during it is not of the future.
  const now = lines.at(-1) ?? ''
  const owners = lines.slice(0, -1)
  const [entries, setgid, linked, sparse, newest = '-', oldest = '-'] = numbers.split(' ')
  if (unseen !== undefined || sparse === undefined) return unseen ?? toolError(stderr)
  const age = (time: string) => (time === '-' ? undefined : (Number(now) - Number(time)) * 1000)
  return {
    entries: Number(entries),
    owners: owners.sort(),
    setgidDirectories: Number(setgid),
    hardlinked: Number(linked),
    sparse: Number(sparse),
    newestAgeMs: age(newest),
    oldestAgeMs: age(oldest),
  }
}

/** Links below the path that lead nowhere. Seen through another root they cannot be followed. */
export async function brokenLinks(
  vantage: Vantage,
  path: string,
  options: Options,
): Promise<readonly Key[] | ToolError> {
  const root = await vantage.root(options)
  if (root !== '') return { code: undefined, text: 'links cannot be followed in a container without a shell' }
  const { stdout, stderr } = await runScript(vantage, BROKEN, [path], { ...options, limit: 16 * 1024 * 1024 })
  const unseen = unseenIn(stderr)
  if (unseen !== undefined) return unseen
  const names = keyFromBytes(stdout).split('\0')
  return names.filter((name) => name !== '').map((name) => keyFromLatin1(name.replace(/^\.\//, '')))
}

/** Files that carry capabilities, as getcap tells. */
export async function capableFiles(vantage: Vantage, path: string, options: Options): Promise<number | ToolError> {
  const root = await vantage.root(options)
  const { stdout, stderr } = await runScript(vantage, CAPABLE, [root + path], options)
  const text = stdout.toString().trim()
  return /^\d+$/.test(text) ? Number(text) : toolError(stderr)
}

/** What goes while it is looked at is no reason to see nothing; what refuses to be looked at is. */
function unseenIn(stderr: string): ToolError | undefined {
  return stderr
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => toolError(line))
    .find((error) => !isAbsence(error))
}
