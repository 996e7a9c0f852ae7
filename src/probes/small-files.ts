/** Reads small text files of a vantage, such as those of /proc and /sys, in one look. */
import { runScript } from '../vantage/run.js'
import type { Vantage } from '../vantage/vantage.js'

/** Each file as its length and its text, so that nothing in one can be taken for another. */
const SCRIPT = `LC_ALL=C; export LC_ALL
for file do
  if text=$(cat -- "$file" 2>/dev/null); then printf '%s\\n%s\\n' "\${#text}" "$text"; else echo -; fi
done`

/** One text for each path, without the newlines at its end; undefined where it is not there or not to be read. */
export async function readSmallFiles(
  vantage: Vantage,
  paths: readonly string[],
  { signal }: { readonly signal: AbortSignal },
): Promise<readonly (string | undefined)[]> {
  if (paths.length === 0) return []
  const { stdout } = await runScript(vantage, SCRIPT, paths, { signal })
  let rest = stdout.toString('latin1')
  return paths.map(() => {
    const end = rest.indexOf('\n')
    const length = Number.parseInt(rest.slice(0, Math.max(0, end)), 10)
    if (Number.isNaN(length)) {
      rest = rest.slice(end + 1)
      return undefined
    }
    const text = rest.slice(end + 1, end + 1 + length)
    rest = rest.slice(end + 2 + length)
    return text
  })
}
