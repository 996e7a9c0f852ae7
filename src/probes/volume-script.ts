/**
 * What is asked of a volume at a vantage, as POSIX sh with the options GNU and busybox tools share. Each prints names
 * and values, every one closed by a NUL. They touch the mount, so they are run only as children that can be let go of.
 */

/**
 * `$1` path, `$2` where the volume should be mounted, `$3` proc directory of the vantage, `$4` the sentinel's file below
 * the path or nothing, then paths below it. mountinfo is read last: touching a path may have made an automount.
 */
export const LOOK = `
export LC_ALL=C
path=$1 place=$2 self=$3 sentinel=$4
shift 4
rec() { printf '%s\\0%s\\0' "$1" "$2"; }
real() {
  ( cd -P "$1" 2>/dev/null && { readlink /proc/self/cwd || pwd -P; } && printf . )
}
mount_id() {
  { cat /proc/self/fdinfo/3 2>/dev/null; } 3<"$1" | sed -n 's/^mnt_id:[^0-9]*//p'
}
if what=$(stat -L -c '%f %d:%i %u %g %a %h' "$path" 2>&1); then rec stat "$what"; else rec stat_error "$what"; fi
if what=$(stat -L -f -c '%S %b %f %a %c %d' "$path" 2>&1); then rec space "$what"; else rec space_error "$what"; fi
if [ -d "$path" ]; then
  rec real "$(real "$path")"
elif [ -f "$path" ]; then
  rec real_file "$(readlink -f "$path")"
fi
if [ -d "$place" ]; then
  rec place "$(real "$place")"
elif [ -f "$place" ]; then
  rec place_file "$(readlink -f "$place")"
fi
if [ -d "$path" ] || [ -f "$path" ]; then rec mount_id "$(mount_id "$path" 2>/dev/null)"; fi

look_deeper() {
  found=
  [ -e "$path/\${path##*/}/$1" ] && found=\${path##*/}
  [ -z "$found" ] && found=$(names | while IFS= read -r name; do
    [ -d "$path/$name" ] && [ -e "$path/$name/$1" ] && printf '%s' "$name" && break
  done)
  [ -n "$found" ] && rec "$2" "$found"
}
names() {
  ( cd "$path" 2>/dev/null && find . ! -name . -prune ! -name lost+found -print 2>/dev/null | head -n 100 | sed 's,^[.]/,,' )
}
if [ -d "$path" ] && [ -r "$path" ] && [ -x "$path" ]; then
  if [ -n "$(names | head -n 1)" ]; then rec empty no; else rec empty yes; fi
  names | while IFS= read -r name; do
    case $name in *[!A-Za-z0-9._-]*) continue ;; esac
    other=$(printf '%s' "$name" | tr 'A-Za-z' 'a-zA-Z')
    [ "$name" != "$other" ] && [ -e "$path/$name" ] || continue
    if [ ! -e "$path/$other" ]; then rec case sensitive; break; fi
    if [ -z "$(cd "$path" && find . ! -name . -prune -name "$other" -print 2>/dev/null | head -n 1)" ]; then
      rec case insensitive
      break
    fi
  done
fi

if [ -n "$sentinel" ]; then
  if what=$(stat -L -c %f "$path/$sentinel" 2>&1); then
    rec sentinel "$what"
  else
    rec sentinel_error "$what"
    look_deeper "$sentinel" sentinel_deeper
  fi
fi
number=0
for below do
  if what=$(stat -L -c %f "$path/$below" 2>&1); then
    rec "path $number" "$what"
  else
    rec "path_error $number" "$what"
    [ -L "$path/$below" ] && rec "path_link $number" yes
    look_deeper "$below" "path_deeper $number"
  fi
  number=$((number + 1))
done
rec boot "$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)"
if what=$(cat "$self/mountinfo" 2>&1); then rec mountinfo "$what"; else rec mountinfo_error "$what"; fi
`

/**
 * `$1` path, as the user in question. Opening and entering are tried; writing is asked of the system, which the shell of
 * busybox does not do: it compares permission bits itself and knows nothing of ACLs.
 */
export const ACCESS = `
export LC_ALL=C
rec() { printf '%s\\0%s\\0' "$1" "$2"; }
if { [ -d "$1" ] || [ -f "$1" ]; } && ( : < "$1" ) 2>/dev/null; then rec r yes; else rec r no; fi
if ( cd "$1" ) 2>/dev/null; then rec x yes; else rec x no; fi
if [ -w "$1" ]; then
  rec w yes
else
  case $(readlink /proc/$$/exe 2>/dev/null) in
    *busybox* | "") rec w unsure ;;
    *) rec w no ;;
  esac
fi
rec uid "$(id -u)"
rec gids "$(id -G)"
`

/** `$1` path. One line for each entry; a name cannot hold "./" at the start of a line, so they are counted exactly. */
export const COUNT = `
export LC_ALL=C
cd "$1" && find . ! -name . -prune ! -name lost+found -print | grep -c '^[.]/'
[ $? -le 1 ]
`

/** `$1` file, `$2` most bytes. */
export const READ = `export LC_ALL=C; head -c "$2" "$1"`

/** `$1` proc directory of the vantage. Touches no mount. */
export const MOUNTS = `cat "$1/mountinfo"`
