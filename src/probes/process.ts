/**
 * Processes by their name or by a part of their command line. Command lines may hold secrets: they are compared where
 * they are, and what to look for goes in through standard input, so that no process of ours can be what is found.
 */
import { runScript } from '../vantage/run.js'
import { type Vantage, VantageError } from '../vantage/vantage.js'

export interface ProcessPattern {
  /** Name of the program: as the kernel calls it, or the last part of its first argument. */
  readonly process?: string | undefined
  /** Text that its arguments, joined by blanks, contain. */
  readonly command?: string | undefined
}

export interface SeenProcess {
  readonly pid: number
  /** Effective. */
  readonly uid: number
  readonly gid: number
  /** Whether it is a member of further groups. */
  readonly moreGroups: boolean
  /** Seconds since 1970, by the clock of the vantage. */
  readonly startedAt: number
}

export interface SeenProcesses {
  /** The processes that run postflight itself are not among them. */
  readonly found: readonly SeenProcess[]
  /** Others that were stopped (SIGSTOP): they are there, and do nothing. */
  readonly stopped: number
  /** Processes of others are hidden from whoever looks, so that the number is none. */
  readonly hidden: boolean
  /** Effective uid of whoever looked. */
  readonly lookedAs: number | undefined
}

const SCRIPT = `
LC_ALL=C; export LC_ALL
proc=$1; own=$2
IFS= read -r want; IFS= read -r part
[ -r "$proc/stat" ] || { printf 'no proc\\n'; exit 0; }
mine=' '; pid=$$
while [ "$own" = own ] && [ "\${pid:-0}" -gt 0 ]; do
  mine="$mine$pid "; parent=0
  while read -r key value; do case $key in PPid:) parent=$value ;; Uid:) [ "$pid" = $$ ] && uids=$value ;; esac; done < "$proc/$pid/status"
  pid=$parent
done 2>/dev/null
set -- \${uids:-}; [ -z "\${2:-}" ] || printf 'as %s\\n' "$2"
boot=0
while read -r key value; do case $key in btime) boot=$value ;; esac; done < "$proc/stat"
# Whether this shell reads on behind a NUL.
whole=no; printf 'a\\000b\\n' | { IFS= read -r both; [ "$both" = ab ]; } && whole=yes
[ -d "$proc/1" ] || printf 'hidden\\n'
for dir in "$proc"/[0-9]*; do
  pid=\${dir##*/}
  case $mine in *" $pid "*) continue ;; esac
  [ -d "$dir" ] || continue
  # Without a process of our own for each that is there: most are sorted out by what the shell itself reads.
  all=; name=
  { while IFS= read -r word || [ -n "$word" ]; do all="$all$word"; done < "$dir/cmdline"; } 2>/dev/null || {
    [ ! -d "$dir" ] || printf 'hidden\\n'; continue
  }
  if [ "$whole" = yes ]; then
    case $all in '') continue ;; *"\${part%% *}"*) ;; *) continue ;; esac
    { IFS= read -r name < "$dir/comm"; } 2>/dev/null
    case $all in *"$want"*) ;; *) case $want in "\${name:-/}"*) ;; *) continue ;; esac ;; esac
  fi
  line=$(tr '\\000\\n' '\\n ' < "$dir/cmdline" 2>/dev/null)
  [ -n "$line" ] || continue
  if [ -n "$part" ]; then
    all=$(tr '\\000\\n' '  ' < "$dir/cmdline" 2>/dev/null)
    case $all in *"$part"*) ;; *) continue ;; esac
  fi
  name=; state=; uid=; gid=; groups=
  { while read -r key value; do
    case $key in
      Name:) name=$value ;; State:) state=$value ;; Groups:) groups=$value ;;
      Uid:) uid=$value ;; Gid:) gid=$value ;;
    esac
  done < "$dir/status"; } 2>/dev/null
  case $state in Z* | X* | '') continue ;; esac
  if [ -n "$want" ]; then
    first=\${line%%"
"*}; first=\${first%% *}; first=\${first##*/}; first=\${first%:}
    [ "$first" = "$want" ] || [ "$name" = "$want" ] || case $want in
      "$name"?*) [ \${#name} -eq 15 ] || continue ;;
      *) continue ;;
    esac
  fi
  case $state in T*) printf 'stopped\\n'; continue ;; esac
  stat=$(cat "$dir/stat" 2>/dev/null) || continue
  set -- \${stat##*) }; shift 19 || continue
  start=$((boot + $1 / 100))
  set -- $uid; uid=\${2:-}
  set -- $gid; gid=\${2:-}
  more=no
  for group in $groups; do [ "$group" = "$gid" ] || more=yes; done
  printf 'found %s %s %s %s %s\\n' "$pid" "$uid" "$gid" "$start" "$more"
done
printf 'end\\n'
`

/** Errors: VantageError where there is no /proc to read. */
export async function seeProcesses(
  vantage: Vantage,
  pattern: ProcessPattern,
  options: { readonly signal: AbortSignal },
): Promise<SeenProcesses> {
  const root = await vantage.root(options)
  const input = `${oneLine(pattern.process)}\n${oneLine(pattern.command)}\n`
  // From the host through the root of a container: our own process is not in what is listed there.
  const args = [`${root}/proc`, root === '' ? 'own' : 'none']
  const { stdout, code } = await runScript(vantage, SCRIPT, args, { ...options, input })
  const lines = stdout.toString('latin1').split('\n')
  if (lines[0] === 'no proc') throw new VantageError(`${vantage.label}: there is no /proc to see processes in`)
  if (code !== 0 || !lines.includes('end')) throw new VantageError(`${vantage.label}: processes could not be listed`)
  const uid = lines.map((line) => /^as (\d+)$/.exec(line)?.[1]).find((found) => found !== undefined)
  return {
    found: lines.flatMap((line) => readFound(line) ?? []),
    stopped: lines.filter((line) => line === 'stopped').length,
    hidden: lines.includes('hidden'),
    lookedAs: uid === undefined ? undefined : Number(uid),
  }
}

function readFound(line: string): SeenProcess | undefined {
  const match = /^found (\d+) (\d+) (\d+) (\d+) (yes|no)$/.exec(line)
  if (match === null) return undefined
  const [pid, uid, gid, startedAt] = match.slice(1, 5).map(Number) as [number, number, number, number]
  return { pid, uid, gid, startedAt, moreGroups: match[5] === 'yes' }
}

/** Newlines of arguments are blanks to the script. */
function oneLine(text = ''): string {
  return text.replaceAll('\n', ' ')
}
