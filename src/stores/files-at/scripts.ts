/**
 * Scripts that look at a directory from a vantage: POSIX sh, with the tools of GNU or busybox. Paths come in as escapes of
 * `printf %b`, names on standard input behind NULs, and every record they print ends in a NUL, for names are any bytes.
 * The first record tells the root (`r`) or why it cannot be entered (`x`).
 */

const ENTER = `
LC_ALL=C; export LC_ALL
r=$(printf '%bx' "$1"); r=\${r%x}
if ! stat -c %i / >/dev/null 2>&1; then printf 'xno stat\\0'; exit 9; fi
if ! cd -P -- "$r" 2>/dev/null; then
  if [ -d "$r" ]; then printf 'xPermission denied\\0'
  elif [ -e "$r" ]; then printf 'xNot a directory\\0'
  else e=$(stat -- "$r" 2>&1 >/dev/null); printf 'x%s\\0' "\${e##*: }"
  fi
  exit 9
fi
printf 'r%s %s\\0' "$(stat -c %d:%i .)" "$PWD"`

/** `m` and `f` with the tables of mounts, then the root, then `d` where it may not be read. */
export const PROBE = `
if [ -r /proc/self/mountinfo ]; then printf m; cat /proc/self/mountinfo; printf '\\0'; fi
if [ -r /etc/fstab ]; then printf f; cat /etc/fstab; printf '\\0'; fi
${ENTER}
[ -r . ] || printf 'd\\0'`

/** The paths, each with its links resolved. */
export const RESOLVE = `for p; do q=$(readlink -f -- "$p" 2>/dev/null) || q=; printf '%s\\0' "\${q:-$p}"; done`

/**
 * `$2`: directory to begin at, with its slash. `k`: a link stands in the way to it; `e`: why it cannot be reached.
 * `g`: a directory that cannot be read. GNU: `n<type> <size> <time> <name>`; busybox: the names of a batch, an empty
 * record, and `t` with a line for each. `z`: exit code of find, at the end of it all.
 */
export const LIST = `${ENTER}
d=$(printf '%bx' "$2"); d=\${d%x}; p=.
while [ -n "$d" ]; do
  p=$p/\${d%%/*}; d=\${d#*/}
  if [ -L "$p" ]; then printf 'k%s\\0' "\${p#./}"; exit 0; fi
  if [ ! -d "$p" ]; then
    if [ -e "$p" ]; then e='Not a directory'; else e=$(stat -- "$p" 2>&1 >/dev/null); fi
    printf 'e%s\\0' "\${e##*: }"; exit 0
  fi
done
if ! [ -r "$p" ] || ! cd -- "$p" 2>/dev/null; then printf 'g\\0z0\\0'; exit 0; fi
if find . -maxdepth 0 -readable -printf '' 2>/dev/null; then
  find . -ignore_readdir_race -mindepth 1 -type d ! \\( -readable -executable \\) -printf 'g%P\\0' -prune \\
    -o ! -type d -printf 'n%y %s %T@ %P\\0'
  printf 'z%s\\0' "$?"
else
  find . -type d -print0 | xargs -0 sh -c 'for f; do
    { [ -r "$f" ] && [ -x "$f" ]; } || printf "g%s\\0" "\${f#./}"; done' sh
  find . ! -type d -print0 | xargs -0 sh -c '[ $# -gt 0 ] || exit 0
    printf "%s\\0" "$@"; printf "\\0t"; stat -c "%f %s %Y %n" -- "$@" 2>/dev/null; printf "\\0"' sh
  printf 'z0\\0'
fi`

/**
 * For names on standard input (each begins with `./`): `t` with a line for each that is there, then for each in order
 * `f` there, `l` a link (state and target), `b` behind a link to a directory, `e` why not. Several such groups, where
 * there are many.
 */
export const LOOK = `${ENTER}
xargs -0 sh -c '
root=$1; shift
[ $# -gt 0 ] || exit 0
printf "t%s\\n" "$#"; stat -c "%f %s %Y %n" -- "$@" 2>/dev/null; printf "\\0"
last=.; direct=1
for f; do
  if ! [ -e "$f" ] && ! [ -L "$f" ]; then
    e=$(stat -- "$f" 2>&1 >/dev/null); printf "e%s\\0" "\${e##*: }"; continue
  fi
  case $f in ./*/*) p=\${f%/*} ;; *) p=. ;; esac
  if [ "$p" != "$last" ]; then
    last=$p; direct=0
    if [ "$p" = . ]; then direct=1
    elif cd -P -- "$p" 2>/dev/null && [ "$PWD" = "\${root%/}/\${p#./}" ]; then direct=1
    fi
    cd -- "$root" || exit 1
  fi
  if [ "$direct" = 0 ]; then printf "b\\0"
  elif [ -L "$f" ]; then
    printf "l%s\\n" "$(stat -L -c "%f %s %Y" -- "$f" 2>&1)"; readlink -f -- "$f"; printf "\\0"
  else printf "f\\0"
  fi
done' sh "$PWD"
printf 'z\\0'`

/** Content of `$2`; 8: no regular file any more. */
export const CAT = `
r=$(printf '%bx' "$1"); f=$(printf '%bx' "$2"); f=\${f%x}
cd -P -- "\${r%x}" || exit 9
[ -f "./$f" ] || exit 8
exec cat -- "./$f"`

/**
 * For names on standard input (each begins with `./`), in order: `h` and the digest that the program `$2` gives, or `e`
 * where it gives none. It reads from standard input and so is told no name, which it would have to escape. `m`: there is
 * no such program.
 */
export const DIGEST = `${ENTER}
if ! command -v "$2" >/dev/null 2>&1; then printf 'm\\0'; exit 0; fi
xargs -0 sh -c '
p=$1; shift
for f; do
  if [ -f "$f" ] && o=$("$p" 2>/dev/null < "$f"); then printf "h%s\\0" "\${o%% *}"; else printf "e\\0"; fi
done' sh "$2"
printf 'z\\0'`
