/** Whether paths are there and may be read, written or run by the user who looks. Nothing is opened and nothing written. */
import { runScript } from '../vantage/run.js'
import { type Vantage, VantageError } from '../vantage/vantage.js'

export interface SeenFile {
  readonly exists: boolean
  readonly readable: boolean
  readonly writable: boolean
  readonly executable: boolean
  /** An ancestor may not be entered, so whether it is there cannot be told. */
  readonly hidden: boolean
  readonly directory: boolean
}

const SCRIPT = `
ask() { if test "$@"; then printf y; else printf n; fi; }
hidden() {
  parent=$1
  while :; do
    case $parent in */*) parent=\${parent%/*} ;; *) return 1 ;; esac
    [ -d "\${parent:-/}" ] && { [ ! -x "\${parent:-/}" ]; return; }
    [ -n "$parent" ] || return 1
  done
}
# The shell of busybox compares permission bits itself, and takes what is mounted read-only for writable.
guesses=; case $(readlink /proc/$$/exe 2>/dev/null) in *busybox*) guesses=yes ;; esac
frozen() {
  at=$(readlink -f "$1") || return 1
  case $at in *[!A-Za-z0-9/._@:,+=-]*) return 1 ;; esac
  while :; do
    flags=
    while read -r _ _ _ _ point options rest; do
      [ "$point" != "\${at:-/}" ] || flags=",$options,\${rest##* },"
    done < /proc/self/mountinfo
    case $flags in *,ro,*) return 0 ;; ?*) return 1 ;; esac
    [ -n "$at" ] || return 1
    at=\${at%/*}
  done
}
writable() { if test -w "$1" && { [ -z "$guesses" ] || ! frozen "$1"; }; then printf y; else printf n; fi; }
for path in "$@"; do
  ask -e "$path"; ask -r "$path"; writable "$path"; ask -x "$path"; ask -d "$path"
  if [ ! -e "$path" ] && hidden "$path"; then printf 'y\\n'; else printf 'n\\n'; fi
done
`

/** `paths` with the vantage's root before them. One answer for each. Errors: VantageError. */
export async function seeFiles(
  vantage: Vantage,
  paths: readonly string[],
  options: { readonly signal: AbortSignal; readonly user?: string | undefined },
): Promise<readonly SeenFile[]> {
  const { stdout, stderr, code } = await runScript(vantage, SCRIPT, paths, options)
  const lines = stdout.toString('latin1').trim().split('\n')
  if (code !== 0 || lines.length !== paths.length || lines.some((line) => !/^[yn]{6}$/.test(line))) {
    const said = stderr.trim().split('\n').at(-1) ?? ''
    throw new VantageError(`${vantage.label}: files could not be looked at there${said === '' ? '' : `: ${said}`}`)
  }
  return lines.map((line) => {
    const [exists, readable, writable, executable, directory, hidden] = [...line].map((one) => one === 'y') as [
      boolean,
      boolean,
      boolean,
      boolean,
      boolean,
      boolean,
    ]
    return { exists, readable, writable, executable, directory, hidden }
  })
}
