/**
 * Logs in with the URL in an environment variable, where it is, with the client that is installed there. The password goes
 * through the environment of that client alone; what it says is read for a word and thrown away, for it names user and host.
 */
import { runScript } from '../vantage/run.js'
import type { Vantage } from '../vantage/vantage.js'
import { ENTRIES } from './env-entries.js'
import { TARGET } from './env-target.js'

export type Login =
  | { readonly accepted: true }
  /** The server's answer, in our words. */
  | { readonly refused: string }
  /** No client there, or a URL that is not taken apart with certainty. */
  | { readonly untried: string }

const SCRIPT = `${ENTRIES}${TARGET}
client=$1; dir=$2; name=$3
command -v "$client" >/dev/null 2>&1 || { printf 'no client\\n'; exit 0; }
readable "$dir" || { printf 'unclear\\n'; exit 0; }
value=$(value_of "$dir" "$name")
case $value in *://*) ;; *) printf 'unclear\\n'; exit 0 ;; esac
target "$value" ''
[ -z "$trouble" ] || { printf 'unclear\\n'; exit 0; }
# Who logs in, or by which certificates, stands elsewhere in the URL, or in none that psql reads alike.
case $scheme in jdbc:*) printf 'unclear\\n'; exit 0 ;; esac
case "&$query" in
  *'&user='* | *'&password='* | *'&host='* | *'&hostaddr='* | *'&service='* | *'&sslrootcert='* | *'&sslcert='* | *'&sslkey='*)
    printf 'unclear\\n'; exit 0 ;;
esac
# Turns %xx into bytes, in $decoded.
decode() {
  decoded=; todo=$1
  while :; do
    case $todo in
      *%[0-9A-Fa-f][0-9A-Fa-f]*)
        decoded="$decoded\${todo%%\\%[0-9A-Fa-f][0-9A-Fa-f]*}"
        after=\${todo#*%[0-9A-Fa-f][0-9A-Fa-f]}; byte=\${todo%"$after"}; byte=\${byte#"\${byte%??}"}
        byte=$((0x$byte)); byte="\\\\$((byte / 64))$((byte / 8 % 8))$((byte % 8))"
        decoded="$decoded$(printf "$byte"; printf .)"; decoded=\${decoded%.}; todo=$after ;;
      *) decoded="$decoded$todo"; return ;;
    esac
  done
}
user=; password=
case $authority in *@*)
  user=\${authority%@*}
  case $user in *:*) decode "\${user#*:}"; password=$decoded; user=\${user%%:*} ;; esac
  decode "$user"; user=$decoded ;;
esac
path=; case $whole in */*) path=\${whole#*/} ;; esac
decode "$path"; path=$decoded
if [ "$client" = psql ]; then
  case "&$query" in *'&sslmode='*) mode="&$query"; mode=\${mode#*&sslmode=}; PGSSLMODE=\${mode%%&*}; export PGSSLMODE ;; esac
  PGHOST=$host; PGPORT=$port; PGUSER=$user; PGPASSWORD=$password; PGDATABASE=$path; PGCONNECT_TIMEOUT=8; PGAPPNAME=postflight
  PGPASSFILE=/dev/null; PSQLRC=/dev/null; LC_MESSAGES=C
  [ -n "$user" ] || unset PGUSER
  [ -n "$path" ] || unset PGDATABASE
  export PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE PGCONNECT_TIMEOUT PGAPPNAME PGPASSFILE PSQLRC LC_MESSAGES
  # PgBouncer lets nobody in who sends options.
  unset PGSERVICE PGHOSTADDR PGOPTIONS
  said=$(psql -X -w -q -A -t -c 'select 1' 2>&1 </dev/null) && { printf 'accepted\\n'; exit 0; }
  case $said in
    *'password authentication failed'* | *'no password supplied'*) printf 'refused: the password was refused\\n' ;;
    *'database "'*'" does not exist'*) printf 'refused: there is no such database\\n' ;;
    *'role "'*'" does not exist'*) printf 'refused: there is no such role\\n' ;;
    *'pg_hba.conf'*) printf 'refused: the server does not let this user in from here\\n' ;;
    *'invalid sslmode'* | *'oot certificate file'* | *'certificate verify failed'*) printf 'tls\\n' ;;
    *'does not support SSL'*) printf 'refused: the server has no TLS\\n' ;;
    *'too many'* | *'remaining connection slots'*) printf 'refused: the server has too many connections\\n' ;;
    *'permission denied'*) printf 'refused: the user may not connect to this database\\n' ;;
    *) printf 'refused: psql could not connect\\n' ;;
  esac
  exit 0
fi
REDISCLI_AUTH=$password; export REDISCLI_AUTH
[ -n "$password" ] || unset REDISCLI_AUTH
number=\${path%%/*}; case $number in '' | *[!0-9]*) number=0 ;; esac
set -- -h "$host" -p "$port" -n "$number"
[ -z "$user" ] || [ -z "$password" ] || set -- "$@" --user "$user"
[ "$scheme" != rediss ] || set -- "$@" --tls
said=$(redis-cli "$@" PING 2>&1 </dev/null)
case $said in
  *WRONGPASS* | *'invalid password'*) printf 'refused: the password was refused\\n' ;;
  *NOAUTH*) printf 'refused: the server asks for a password\\n' ;;
  *'without any password configured'*) printf 'accepted\\n' ;;
  *'DB index is out of range'*) printf 'refused: there is no database of that number\\n' ;;
  *NOPERM*) printf 'refused: this user may not ask anything\\n' ;;
  *PONG* | *LOADING* | *MISCONF* | *MASTERDOWN*) printf 'accepted\\n' ;;
  *) [ "$scheme" != rediss ] || { printf 'tls\\n'; exit 0; }
    printf 'refused: redis-cli could not connect\\n' ;;
esac
`

/** Errors: VantageError. */
export async function logIn(
  vantage: Vantage,
  client: 'psql' | 'redis-cli',
  { dir, name }: { readonly dir: string; readonly name: string },
  options: { readonly signal: AbortSignal },
): Promise<Login> {
  const { stdout } = await runScript(vantage, SCRIPT, [client, dir, name], options)
  const said = stdout.toString('latin1').trim()
  if (said === 'accepted') return { accepted: true }
  if (said.startsWith('refused: ')) return { refused: said.slice('refused: '.length) }
  if (said === 'tls')
    return { untried: `${client} does not get through TLS, where the worker may trust other certificates` }
  return {
    untried: said === 'no client' ? `there is no ${client} there` : 'its URL is in a form that is not taken apart',
  }
}
