/**
 * The scripts that run around every program at a vantage that is not this machine.
 *
 * A client that is killed (docker exec, kubectl exec, ssh without a terminal) leaves running what it started. So the
 * leash says its process group before it starts anything, and waits for a line on its input: when the client is gone
 * by then, nothing is ever started; afterwards the group can be ended through the same door. Its word on standard output
 * parts what a login script there prints (a greeting in .bashrc) from what the program will.
 */

/** `$1` word of the marks, `$2` user or empty, then the program and its arguments. The program's input follows the line. */
export const LEASH = `
w=$1; u=$2; shift 2; g=0
{ read -r _ _ _ _ g _ <"/proc/$$/stat"; } 2>/dev/null || g=$(ps -o pgid= -p $$ 2>/dev/null | tr -dc 0-9)
printf '%s\\n' "$w"; printf '%s group %s\\n' "$w" "\${g:-0}" >&2
read -r go || exit 0
if [ -n "$u" ]; then
  uid=\${u%%:*}; gid=; case $u in *:*) gid=\${u#*:} ;; esac
  case $uid in *[!0-9]*) uid=$(id -u -- "$uid" 2>/dev/null || id -u "$uid" 2>/dev/null) ;; esac
  if [ -z "$uid" ]; then printf '%s nobody\\n' "$w" >&2; exit 126; fi
  if [ "$(id -u)" != "$uid" ] || { [ -n "$gid" ] && [ "$(id -g)" != "$gid" ]; }; then
    if [ "$(id -u)" != 0 ]; then printf '%s user\\n' "$w" >&2; exit 126; fi
    # An account that is named has all of its groups, as at a login; uid:gid has that one alone.
    groups=$gid
    if [ -z "$gid" ]; then
      gid=$(id -g "\${u%%:*}" 2>/dev/null) || gid=$uid
      groups=$(id -G "\${u%%:*}" 2>/dev/null | tr ' ' ,); groups=\${groups:-$gid}
    fi
    if setpriv --reuid "$uid" --regid "$gid" --groups "$groups" true 2>/dev/null
    then set -- setpriv --reuid "$uid" --regid "$gid" --groups "$groups" "$@"
    elif chroot --userspec="$uid:$gid" --groups="$groups" / true 2>/dev/null
    then set -- chroot --userspec="$uid:$gid" --groups="$groups" / "$@"
    else printf '%s switch\\n' "$w" >&2; exit 126
    fi
  fi
fi
if ! command -v "$1" >/dev/null 2>&1; then printf '%s missing\\n' "$w" >&2; exit 127; fi
"$@"
c=$?
printf '%s end %s\\n' "$w" "$c" >&2
exit "$c"`

/** Ends the process group `$1`. */
export const END_GROUP = 'kill -s KILL -- "-$1" 2>/dev/null || kill -KILL "-$1"'
