/** The open files of processes by name, each against its own soft limit, as seen from a vantage. */
import { runScript } from '../vantage/run.js'
import type { Vantage } from '../vantage/vantage.js'
import { seeProcesses } from './process.js'
import type { Supply } from './supply.js'

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
  /** Those whose open files only their own user or root may see, and one where processes themselves are hidden. */
  readonly hidden: number
}

/** `name` is that of the program, without its directory, as `ps` shows it. */
export async function processFiles(
  vantage: Vantage,
  name: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<ProcessFiles> {
  const root = await vantage.root({ signal })
  const seen = await seeProcesses(vantage, { process: name }, { signal })
  const pids = seen.found.map(({ pid }) => String(pid))
  if (pids.length === 0) return { supplies: [], found: 0, hidden: seen.hidden ? 1 : 0 }
  const { stdout: counted } = await runScript(vantage, FILES, [root, ...pids], { signal })
  const lines = counted
    .toString('latin1')
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' '))
  return {
    found: lines.length,
    hidden: lines.filter(([, open]) => open === '-').length + (seen.hidden ? 1 : 0),
    supplies: lines.flatMap(([pid = '', open = '', total = '']) =>
      /^\d+$/.test(open) && /^\d+$/.test(total)
        ? [{ used: Number(open), total: Number(total), limit: `the soft limit of ${name} (pid ${pid})` }]
        : [],
    ),
  }
}
