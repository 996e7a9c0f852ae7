/**
 * What a person runs to put missing files back: a shell script beside the list of a source, with the places filled in.
 * Postflight writes it and never runs it. Credentials are never in it.
 */
import type { Recovery } from '../kinds/kind.js'
import type { SshPlace, StorePlace } from '../stores/store.js'

type Files = Extract<StorePlace, { readonly type: 'files' }>
type Bucket = Extract<StorePlace, { readonly type: 's3' }>

/** `list`: name of the lists beside the script, without an ending. Undefined where no command of ours leads there. */
export function recoveryScript(list: string, { source, target, from, to }: Recovery): string | undefined {
  if (from === undefined || to === undefined || from.type === 'http' || to.type === 'http') return undefined
  const body = from.type === 'files' && to.type === 'files' ? rsync(list, from, to) : objects(list, from, to)
  const remarks = [...remarksOn(source, from), ...remarksOn(target, to)]
  return [
    '#!/bin/sh',
    `# Puts back into ${line(target)} what is missing there and ${line(source)} has. Nothing that is there is changed.`,
    '# First see what it would do, with --dry-run behind it.',
    ...remarks.map((remark) => `# ${remark}`),
    'set -eu',
    'cd -- "$(dirname -- "$0")"',
    ...body,
    '',
  ].join('\n')
}

/** Safe in `sh`, whatever it holds. */
function shellQuoted(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** rsync passes over names that begin with # or ;, and takes newlines for ends, unless the list is this one. */
function rsync(list: string, from: Files, to: Files): readonly string[] {
  const there = (from.ssh === undefined) === (to.ssh === undefined) ? undefined : (from.ssh ?? to.ssh)
  const shell = there === undefined ? '' : ` -e ${shellQuoted(sshCommand(there))}`
  const path = ({ root, ssh }: Files) => {
    const directory = root.endsWith('/') ? root : `${root}/`
    return shellQuoted(ssh === undefined || there === undefined ? directory : `${login(ssh)}:${directory}`)
  }
  const options = `-a --ignore-existing --protect-args --from0 --files-from=${shellQuoted(`${list}.from0`)}`
  return [`rsync ${options}${shell} "$@" ${path(from)} ${path(to)}`]
}

/**
 * rclone knows no names with newlines or empty segments, and no prefix that is no directory: the loop knows them all. What
 * ends with 255, as aws does, would end xargs.
 */
function objects(list: string, from: Files | Bucket, to: Files | Bucket): readonly string[] {
  const loop = [
    `from=${shellQuoted(awsPlace(from))} to=${shellQuoted(awsPlace(to))}`,
    'export from to',
    `xargs -0 -n 1 sh -c 'aws${awsOptions(from.type === 's3' ? from : to)} s3 cp --only-show-errors "$from\${1#./}" "$to\${1#./}" || exit 1' sh < ${shellQuoted(`${list}.from0`)}`,
  ]
  const remotes = [from, to].map(rclonePlace)
  if (remotes.includes(undefined)) return loop
  const options = `--files-from-raw ${shellQuoted(`${list}.txt`)} --ignore-existing`
  return [
    'if command -v rclone > /dev/null; then',
    '  # Names with newlines are not in its list: of those, the loop below takes care.',
    `  rclone copy ${options} "$@" ${remotes.map((remote) => shellQuoted(remote ?? '')).join(' ')}`,
    'else',
    ...loop.map((one) => `  ${one}`),
    'fi',
  ]
}

function awsPlace(place: Files | Bucket): string {
  if (place.type === 's3') return `s3://${place.bucket}/${place.prefix}`
  return place.root.endsWith('/') ? place.root : `${place.root}/`
}

/** Inside single quotes. */
function awsOptions(place: Files | Bucket): string {
  if (place.type === 'files') return ''
  const options = [
    ['--endpoint-url', place.endpoint],
    ['--region', place.region],
    ['--profile', place.profile],
  ] as const
  const inner = options.flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${shellQuoted(value)}`]))
  return inner.map((option) => ` ${option.replaceAll("'", "'\\''")}`).join('')
}

/** A remote without a configuration file. Undefined where rclone would put a slash that is not in the keys. */
function rclonePlace(place: Files | Bucket): string | undefined {
  if (place.type === 'files') return place.root
  if (place.prefix !== '' && !place.prefix.endsWith('/')) return undefined
  const settings = [
    ['provider', place.endpoint === undefined ? 'AWS' : 'Other'],
    ['env_auth', 'true'],
    ['region', place.region],
    ['endpoint', place.endpoint],
    ['profile', place.profile],
    ['requester_pays', place.requester_pays === true ? 'true' : undefined],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${value.replaceAll('"', '""')}"`]))
  return `:s3,${settings.join(',')}:${place.bucket}/${place.prefix}`
}

function remarksOn(name: string, place: Files | Bucket): readonly string[] {
  if (place.type === 's3') {
    return [`For the bucket of ${line(name)}, credentials are taken from the environment (AWS_ACCESS_KEY_ID …).`]
  }
  if (place.from === 'local') return []
  return [
    `The directory of ${line(name)} is as seen from ${line(place.from)}: if this runs elsewhere, see to its path.`,
  ]
}

function login({ host, user }: SshPlace): string {
  const name = host.includes(':') ? `[${host}]` : host
  return user === undefined ? name : `${user}@${name}`
}

/** rsync parts it at blanks, and knows double quotes. */
function sshCommand({ port, identity_file, known_hosts, config }: SshPlace): string {
  const options = [
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(identity_file === undefined ? [] : ['-i', identity_file]),
    ...(known_hosts === undefined ? [] : ['-o', `UserKnownHostsFile=${known_hosts}`]),
    ...(config === undefined ? [] : ['-F', config]),
  ]
  return ['ssh', ...options.map((option) => (/[\s"']/.test(option) ? `"${option}"` : option))].join(' ')
}

/** In a comment, which ends with its line. */
function line(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, '?')
}
