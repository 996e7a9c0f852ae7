/**
 * Asks a bucket for one key with the credentials in environment variables, where they are, with the curl that is
 * installed there. They go to curl through its input, which no list of processes shows; of what it says one word comes out.
 */
import { runScript } from '../vantage/run.js'
import type { Vantage } from '../vantage/vantage.js'
import { ENTRIES } from './env-entries.js'
import type { Login } from './env-login.js'
import { TARGET } from './env-target.js'

export interface AskedBucket {
  readonly bucket: string
  readonly prefix: string
  readonly region: string
  /** The variable that holds it, or the address itself. */
  readonly endpoint: { readonly env: string } | string
  /** Names of variables. */
  readonly accessKey: string
  readonly secretKey: string
  readonly sessionToken: string | undefined
}

/** Before 7.88 curl does not sign what S3 wants signed. */
const SCRIPT = `${ENTRIES}${TARGET}
dir=$1 access_name=$2 secret_name=$3 token_name=$4 endpoint_name=$5 endpoint=$6 bucket=$7 region=$8 asked=$9
command -v curl >/dev/null 2>&1 || { printf 'no client\\n'; exit 0; }
version=$(curl -q --version 2>/dev/null); version=\${version#curl }; version=\${version%% *}
major=\${version%%.*}; minor=\${version#*.}; minor=\${minor%%.*}
case $major$minor in '' | *[!0-9]*) major=0 ;; esac
[ "$major" -gt 7 ] || { [ "$major" -eq 7 ] && [ "$minor" -ge 88 ]; } || { printf 'old client\\n'; exit 0; }
readable "$dir" || { printf 'unclear\\n'; exit 0; }
[ -z "$endpoint_name" ] || endpoint=$(value_of "$dir" "$endpoint_name")
target "$endpoint" ''
case $scheme:$trouble in http: | https:) ;; *) printf 'unclear\\n'; exit 0 ;; esac
case $authority in *[!]A-Za-z0-9.:[-]*) printf 'unclear\\n'; exit 0 ;; esac
case $query$whole in "$authority" | "$authority/") ;; *) printf 'unclear\\n'; exit 0 ;; esac
# A text as curl's configuration takes it between quotes, in $quoted.
quote() {
  quoted=; todo=$1
  while :; do
    case $todo in
      *[\\\\\\"]*)
        before=\${todo%%[\\\\\\"]*}; todo=\${todo#"$before"}; rest=\${todo#?}
        quoted="$quoted$before\\\\\${todo%"$rest"}"; todo=$rest ;;
      *) quoted="$quoted$todo"; return ;;
    esac
  done
}
access=$(value_of "$dir" "$access_name"); secret=$(value_of "$dir" "$secret_name"); token=
[ -z "$token_name" ] || token=$(value_of "$dir" "$token_name")
case $access$secret$token in *"$newline"*) printf 'unclear\\n'; exit 0 ;; esac
case $access in *:*) printf 'unclear\\n'; exit 0 ;; esac
quote "$access:$secret"; user=$quoted
quote "$token"; token=$quoted
# Prints the answer, then a line with its status and how curl ended.
ask() {
  {
    printf 'url = "%s://%s/%s?%s"\\n' "$scheme" "$authority" "$bucket" "$1"
    printf 'user = "%s"\\naws-sigv4 = "aws:amz:%s:s3"\\n' "$user" "$region"
    # Of an empty body; some versions do not send it by themselves, and sign it where it is given.
    printf 'header = "x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"\\n'
    [ -z "$token" ] || printf 'header = "x-amz-security-token: %s"\\n' "$token"
    printf 'silent\\ngloboff\\nmax-time = 20\\nconnect-timeout = 10\\nwrite-out = "\\\\nstatus %%{http_code}"\\n'
  } | { curl -q --config - 2>/dev/null; printf ' ended %s\\n' "$?"; } | head -c 65536
}
# One word of what was said, in $word.
judge() {
  word=
  case $1 in
    *'<Code>InvalidAccessKeyId</Code>'*) word='key' ;;
    *'<Code>SignatureDoesNotMatch</Code>'*) word='secret' ;;
    *'<Code>ExpiredToken</Code>'*) word='expired' ;;
    *'<Code>InvalidToken</Code>'*) word='token' ;;
    *'<Code>NoSuchBucket</Code>'*) word='bucket' ;;
    *'<Code>PermanentRedirect</Code>'* | *'<Code>TemporaryRedirect</Code>'* | *'<Code>AuthorizationHeaderMalformed</Code>'*) word='region' ;;
    *'<Code>RequestTimeTooSkewed</Code>'*) word='clock' ;;
    *'<Code>AccessDenied</Code>'*) word='denied' ;;
    *'<ListBucketResult'*'status 200 ended 0'*) word='accepted' ;;
    *'status 5'[0-9][0-9]' ended 0'* | *'status 429 ended 0'*) word='busy' ;;
    *' ended 0'*) word='other' ;;
    *' ended 28'*) word='silent' ;;
    *' ended 35'* | *' ended 51'* | *' ended 58'* | *' ended 60'* | *' ended 77'*) word='tls' ;;
    *) word='broken' ;;
  esac
}
judge "$(ask "$asked")"
if [ "$word" = secret ] && [ "$asked" != 'list-type=2&max-keys=1' ]; then
  # Some versions of curl sign a query with %xx wrongly. Without one it is told whose fault that is.
  judge "$(ask 'list-type=2&max-keys=1')"
  case $word in secret) ;; *) word='client' ;; esac
fi
printf '%s\\n' "$word"
`

const REFUSED: Readonly<Record<string, string>> = {
  key: 'the access key is not known there',
  secret: 'the secret key does not belong to the access key',
  expired: 'the session token has expired',
  token: 'the session token was refused',
  bucket: 'there is no such bucket',
  region: 'the bucket lies in another region',
  clock: 'the clock there and that of the server are too far apart',
  silent: 'the server takes a connection and does not answer',
  other: 'what answers does not answer as S3 does',
}

/** It was tried, and that says neither yes nor no. */
const UNCLEAR: Readonly<Record<string, string>> = {
  denied:
    'the server answers AccessDenied, so these keys may not list that bucket, and whether they may read it stays open',
  busy: 'the server is too busy',
}

/** Nothing was asked, or not as the worker would ask. */
const UNTRIED: Readonly<Record<string, string>> = {
  'no client': 'there is no curl there',
  'old client': 'the curl there is older than 7.88, which cannot sign for S3',
  unclear: 'its credentials or its endpoint are in a form that is not passed on',
  tls: 'curl there makes no TLS connection; it may know other authorities than the worker does',
  client: 'the curl there signs this prefix wrongly',
  broken: 'curl there could not ask',
}

/** Errors: VantageError. */
export async function askBucket(
  vantage: Vantage,
  dir: string,
  asked: AskedBucket,
  options: { readonly signal: AbortSignal },
): Promise<Login | { readonly unclear: string }> {
  const { endpoint, bucket, prefix, region } = asked
  // In the order of its names, as the signature wants it.
  const query = `list-type=2&max-keys=1${prefix === '' ? '' : `&prefix=${strictly(prefix)}`}`
  const named = typeof endpoint === 'string' ? ['', endpoint] : [endpoint.env, '']
  const args = [dir, asked.accessKey, asked.secretKey, asked.sessionToken ?? '', ...named, bucket, region, query]
  const { stdout } = await runScript(vantage, SCRIPT, args, options)
  const word = stdout.toString('latin1').trim()
  if (word === 'accepted') return { accepted: true }
  const [refused, unclear] = [REFUSED[word], UNCLEAR[word]]
  if (refused !== undefined) return { refused }
  return unclear === undefined ? { untried: UNTRIED[word] ?? 'curl there could not ask' } : { unclear }
}

/** All but what RFC 3986 leaves as it is. */
function strictly(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
