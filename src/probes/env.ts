/** Whether environment variables are there and look as they should, in the environment of a process. No value leaves. */
import { runScript } from '../vantage/run.js'
import { type Vantage, VantageError } from '../vantage/vantage.js'
import { ENTRIES } from './env-entries.js'

/** What is wrong with a value. A newline at the end of a text that has others inside (a key in PEM) is not. */
export type EnvState = 'ok' | 'not set' | 'empty' | 'quoted' | 'newline' | 'carriage return' | 'blank'

/** The variables asked for, in one environment; or why that cannot be told. */
export type SeenEnv = { readonly states: Readonly<Record<string, EnvState>> } | { readonly unreadable: string }

const SCRIPT = `${ENTRIES}
names=" $1 "; shift
return=$(printf '\\r')
tab=$(printf '\\t')
state() {
  case $1 in
    '') printf empty ;;
    '"'*'"' | "'"*"'") printf quoted ;;
    *"$return" | *"$return$newline") printf 'carriage return' ;;
    *"$newline") case \${1%"$newline"} in *"$newline"*) printf ok ;; *) printf newline ;; esac ;;
    ' '* | *' ' | "$tab"* | *"$tab") printf blank ;;
    *) printf ok ;;
  esac
}
for dir in "$@"; do
  printf 'at\\n'
  readable "$dir" || { printf 'not permitted\\n'; continue; }
  entries "$dir" | {
    first=yes
    while IFS= read -r line; do
      if [ $first = yes ]; then
        first=no
        case $line in [A-Za-z_]*=*) ;; *) printf 'overwritten\\n'; exit 0 ;; esac
      fi
      case $line in *=*) ;; *) continue ;; esac
      name=\${line%%=*}
      case $names in *" $name "*) printf 'is %s %s\\n' "$name" "$(state "\${line#*=}")" ;; esac
    done
    [ $first = no ] || printf 'nothing\\n'
    printf 'end\\n'
  }
done
`

/** `dirs`: directories below /proc, or OWN_ENVIRONMENT. One answer for each. Errors: VantageError. */
export async function seeEnv(
  vantage: Vantage,
  { dirs, names }: { readonly dirs: readonly string[]; readonly names: readonly string[] },
  options: { readonly signal: AbortSignal; readonly user?: string | undefined },
): Promise<readonly SeenEnv[]> {
  const { stdout, code } = await runScript(vantage, SCRIPT, [names.join(' '), ...dirs], options)
  const blocks = stdout.toString('latin1').split('at\n').slice(1)
  if (code !== 0 || blocks.length !== dirs.length) {
    throw new VantageError(`${vantage.label}: the environment could not be read there`, {
      hint: 'sh, tr and /proc are needed',
    })
  }
  return blocks.map((block) => readBlock(block.split('\n'), names))
}

const UNREADABLE: Readonly<Record<string, string>> = {
  'not permitted': 'its environment may not be read by this user',
  overwritten: 'it has written its title over its environment',
  nothing: 'it shows no environment',
}

function readBlock(lines: readonly string[], names: readonly string[]): SeenEnv {
  const reason = lines.map((line) => UNREADABLE[line]).find((found) => found !== undefined)
  if (reason !== undefined) return { unreadable: reason }
  if (!lines.includes('end')) return { unreadable: 'its environment could not be read to the end' }
  const states: Record<string, EnvState> = Object.fromEntries(names.map((name) => [name, 'not set']))
  for (const line of lines) {
    const [, name = '', state] = /^is (\S+) (.*)$/.exec(line) ?? []
    // Of a name that is there twice a program sees the first.
    if (states[name] === 'not set') states[name] = state as EnvState
  }
  return { states }
}
