/** The open files of processes by name, each against its own soft limit, as seen from a vantage. */
import { runScript } from '../vantage/run.js'
import type { Vantage } from '../vantage/vantage.js'
import type { Supply } from './supply.js'

/** Names and first arguments of all processes, one a line, in one look; long command lines are cut. */
const NAMES = `cd "$1/proc" || exit 1
grep -a -H -m1 '' [0-9]*/comm [0-9]*/cmdline 2>/dev/null | cut -b1-400`

const FILES = `LC_ALL=C; export LC_ALL
cd "$1/proc" || exit 1
shift
for pid do
  limit=$(sed -n 's/^Max open files *\\([^ ]*\\) .*/\\1/p' "$pid/limits" 2>/dev/null) || continue
  [ -n "$limit" ] || continue
  if [ -r "$pid/fd" ]; then open=$(ls "$pid/fd" 2>/dev/null | wc -l); else open=-; fi
  [ -e "$pid/limits" ] && echo "$pid" $open "$limit"
done
exit 0`

export interface ProcessFiles {
  /** One for each process whose open files could be counted and are limited. */
  readonly supplies: readonly Supply[]
  /** Processes of that name. */
  readonly found: number
  /** Those whose open files only their own user or root may see. */
  readonly hidden: number
}

/** `name` is that of the program, without its directory, as `ps` shows it. */
export async function processFiles(
  vantage: Vantage,
  name: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<ProcessFiles> {
  const root = await vantage.root({ signal })
  const { stdout } = await runScript(vantage, NAMES, [root], { signal, limit: 64 * 1024 * 1024 })
  const pids = pidsNamed(stdout.toString('utf8'), name)
  if (pids.length === 0) return { supplies: [], found: 0, hidden: 0 }
  const { stdout: counted } = await runScript(vantage, FILES, [root, ...pids], { signal })
  const lines = counted
    .toString('latin1')
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' '))
  return {
    found: lines.length,
    hidden: lines.filter(([, open]) => open === '-').length,
    supplies: lines.flatMap(([pid = '', open = '', total = '']) =>
      /^\d+$/.test(open) && /^\d+$/.test(total)
        ? [{ used: Number(open), total: Number(total), limit: `the soft limit of ${name} (pid ${pid})` }]
        : [],
    ),
  }
}

/** The kernel keeps fifteen bytes of a name, so that the program of the command line counts as well. */
export function pidsNamed(lines: string, name: string): readonly string[] {
  const pids = new Set<string>()
  for (const line of lines.split('\n')) {
    const found = /^(\d+)\/(comm|cmdline):([^\0]*)/.exec(line)
    if (found === null) continue
    const [, pid = '', file, text = ''] = found
    if (file === 'comm' ? text === name : text.slice(text.lastIndexOf('/') + 1) === name) pids.add(pid)
  }
  return [...pids]
}
