/**
 * A keyed digest of environment variables, made where they are: HMAC-SHA-256 with a key of this run, so that two places
 * can be told to have the same value though neither value, nor its length, is read out. The key goes in through standard
 * input; nobody who sees the digests can try values against them without it.
 */
import { runScript } from '../vantage/run.js'
import { type Vantage, VantageError } from '../vantage/vantage.js'
import { ENTRIES } from './env-entries.js'

/** 64 bytes: one block of SHA-256. */
export type EnvKey = Uint8Array

/** Digest in hex; or what stands instead of one. */
export type SeenDigest = { readonly digest: string } | 'not set' | 'empty'
export type SeenDigests = { readonly digests: Readonly<Record<string, SeenDigest>> } | { readonly unreadable: string }

const SCRIPT = `${ENTRIES}
names=" $1 "; dir=$2
IFS= read -r inner; IFS= read -r outer
# A printf that is no builtin would show the value among the arguments of a process.
[ "$(command -v printf)" = printf ] || { printf 'no printf\\n'; exit 0; }
command -v sha256sum >/dev/null 2>&1 || { printf 'no sha256sum\\n'; exit 0; }
readable "$dir" || { printf 'not permitted\\n'; exit 0; }
octal() {
  hex=$1; bytes=
  while [ -n "$hex" ]; do
    rest=\${hex#??}; byte=$((0x\${hex%"$rest"})); hex=$rest
    bytes="$bytes\\\\$((byte / 64))$((byte / 8 % 8))$((byte % 8))"
  done
}
digest() {
  hash=$( { printf "$inner"; printf %s "$1" | tr '\\036' '\\n'; } | sha256sum)
  octal "\${hash%% *}"
  hash=$( { printf "$outer"; printf "$bytes"; } | sha256sum)
  printf %s "\${hash%% *}"
}
entries "$dir" | {
  first=yes
  while IFS= read -r line; do
    if [ $first = yes ]; then
      first=no
      case $line in [A-Za-z_]*=*) ;; *) printf 'overwritten\\n'; exit 0 ;; esac
    fi
    case $line in *=*) ;; *) continue ;; esac
    name=\${line%%=*}; value=\${line#*=}
    case $names in *" $name "*) ;; *) continue ;; esac
    if [ -z "$value" ]; then printf 'is %s empty\\n' "$name"
    else printf 'is %s %s\\n' "$name" "$(digest "$value")"; fi
  done
  [ $first = no ] || printf 'nothing\\n'
  printf 'end\\n'
}
`

const UNREADABLE: Readonly<Record<string, string>> = {
  'no printf': 'its shell has no printf of its own',
  'no sha256sum': 'there is no sha256sum',
  'not permitted': 'its environment may not be read by this user',
  overwritten: 'the process has written its title over its environment',
  nothing: 'it shows no environment',
}

/** Errors: VantageError. */
export async function digestEnv(
  vantage: Vantage,
  asked: { readonly dir: string; readonly names: readonly string[]; readonly key: EnvKey },
  options: { readonly signal: AbortSignal; readonly user?: string | undefined },
): Promise<SeenDigests> {
  const input = `${block(asked.key, 0x36)}\n${block(asked.key, 0x5c)}\n`
  const { stdout, code } = await runScript(vantage, SCRIPT, [asked.names.join(' '), asked.dir], { ...options, input })
  const lines = stdout.toString('latin1').split('\n')
  const reason = lines.map((line) => UNREADABLE[line]).find((found) => found !== undefined)
  if (reason !== undefined) return { unreadable: reason }
  if (code !== 0 || !lines.includes('end')) {
    throw new VantageError(`${vantage.label}: the environment could not be read there`, {
      hint: 'sh, tr and /proc are needed',
    })
  }
  const digests: Record<string, SeenDigest> = Object.fromEntries(asked.names.map((name) => [name, 'not set']))
  for (const line of lines) {
    const [, name = '', said = ''] = /^is (\S+) (empty|[0-9a-f]{64})$/.exec(line) ?? []
    if (digests[name] === 'not set') digests[name] = said === 'empty' ? 'empty' : { digest: said }
  }
  return { digests }
}

/** The key padded as RFC 2104 has it, as text that printf turns into bytes. */
function block(key: EnvKey, pad: number): string {
  return Array.from(key, (byte) => `\\${(byte ^ pad).toString(8).padStart(3, '0')}`).join('')
}
