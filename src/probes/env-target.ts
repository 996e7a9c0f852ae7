/**
 * Where the URL in an environment variable points to. It is taken apart where it is: host and port come out so that they
 * can be dialled, and only where there can be no doubt that they are host and port; a password with an unescaped slash
 * or at sign makes everything doubtful. Whoever calls keeps them to himself.
 */
import { runScript } from '../vantage/run.js'
import { type Endpoint, type Vantage, VantageError } from '../vantage/vantage.js'
import { ENTRIES } from './env-entries.js'

export type SeenTarget =
  | Endpoint
  | 'not set'
  | 'empty'
  /** A Unix socket: nothing to dial. */
  | 'socket'
  /** No URL, or one that two readers could read differently. */
  | 'unclear'
  /** Neither the URL nor its scheme says one. */
  | 'no port'

export const TARGET = `
port_of() {
  case $1 in
    postgres | postgresql) printf 5432 ;; redis | rediss) printf 6379 ;; mysql | mariadb) printf 3306 ;;
    http | ws) printf 80 ;; https | wss) printf 443 ;; amqp) printf 5672 ;; amqps) printf 5671 ;;
    mongodb) printf 27017 ;; nats) printf 4222 ;; smtp) printf 25 ;; smtps) printf 465 ;;
    ldap) printf 389 ;; ldaps) printf 636 ;; memcached) printf 11211 ;;
  esac
}
# Sets scheme, authority, host and port of the URL $1, with $2 as the port where it says none; or trouble.
target() {
  scheme=; authority=; host=; port=; trouble=
  case $1 in
    '') trouble=empty; return ;;
    *://*)
      scheme=\${1%%://*}; scheme=\${scheme%%+*}
      authority=\${1#*://}; query=
      case $authority in *[?]*) query=\${authority#*[?]} ;; esac
      whole=\${authority%%[?#]*}; authority=\${whole%%/*}
      case $authority in
        *@*) case \${authority#*@} in *@*) trouble=unclear; return ;; esac ;;
        *) case $1 in *@*) trouble=unclear; return ;; esac ;;
      esac
      host=\${authority##*@}; host=\${host%%,*}
      case $host in '') case $scheme in unix | postgres | postgresql) trouble=socket; return ;; esac ;; esac ;;
    host=* | *' host='*)
      host=\${1##*host=}; host=\${host%%[!A-Za-z0-9._:/-]*}
      case $host in /*) trouble=socket; return ;; esac
      case $1 in *' port='* | port=*) port=\${1##*port=}; port=\${port%%[!0-9]*} ;; *) port=5432 ;; esac
      host="$host:$port" ;;
    *) [ -n "$2" ] || { trouble=unclear; return; }; host=$1 ;;
  esac
  case $host in
    '['*']'*) port=\${host##*]}; host=\${host%%]*}; host=\${host#[}; port=\${port#:} ;;
    *:*) port=\${host##*:}; host=\${host%:*} ;;
    *) port= ;;
  esac
  [ -n "$port" ] || port=\${2:-$(port_of "$scheme")}
  case $host in '' | *[!A-Za-z0-9._:-]*) trouble=unclear; return ;; esac
  case $port in '') trouble='no port' ;; *[!0-9]* | ??????*) trouble=unclear ;; esac
}
# Prints the value of the variable $2 in the environment $1, without its newlines.
value_of() {
  entries "$1" | while IFS= read -r line; do
    case $line in "$2"=*) printf %s "\${line#*=}"; break ;; esac
  done
}
is_set() { entries "$1" | { while IFS= read -r line; do case $line in "$2"=*) exit 0 ;; esac; done; exit 1; }; }
`

const SCRIPT = `${ENTRIES}${TARGET}
dir=$1; shift
readable "$dir" || { printf 'not permitted\\n'; exit 0; }
for asked in "$@"; do
  name=\${asked%%:*}
  if ! is_set "$dir" "$name"; then printf 'not set\\n'; continue; fi
  target "$(value_of "$dir" "$name")" "\${asked#*:}"
  if [ -n "$trouble" ]; then printf '%s\\n' "$trouble"; else printf 'to %s %s\\n' "$host" "$port"; fi
done
printf 'end\\n'
`

/** In the order asked. Errors: VantageError. */
export async function seeTargets(
  vantage: Vantage,
  asked: {
    readonly dir: string
    readonly of: readonly { readonly name: string; readonly port?: number | undefined }[]
  },
  options: { readonly signal: AbortSignal },
): Promise<readonly SeenTarget[]> {
  const args = [asked.dir, ...asked.of.map(({ name, port }) => `${name}:${port ?? ''}`)]
  const { stdout, code } = await runScript(vantage, SCRIPT, args, options)
  const lines = stdout.toString('latin1').split('\n')
  if (code !== 0 || lines[asked.of.length] !== 'end') {
    throw new VantageError(`${vantage.label}: the environment could not be read there`)
  }
  return lines.slice(0, asked.of.length).map((line) => {
    const [, host, port] = /^to (\S+) (\d+)$/.exec(line) ?? []
    return host === undefined ? (line as Exclude<SeenTarget, Endpoint>) : { host, port: Number(port) }
  })
}
