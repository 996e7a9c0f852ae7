/**
 * Drops a scratch database when this process is gone, however it went: a small shell of its own that reads an input
 * only we hold open. Told `done` it ends; at the end of its input it drops.
 */
import { spawn } from 'node:child_process'

export interface WatchdogOptions {
  readonly psql: string
  /** Variables of libpq, and PATH. */
  readonly env: Readonly<Record<string, string>>
  /** Database to connect to: never the one that is dropped. */
  readonly database: string
  readonly name: string
  readonly comment: string
  readonly applicationName: string
}

export interface Watchdog {
  /** Nothing is left to do. */
  readonly done: () => void
  /** Leaves the dropping to it. */
  readonly release: () => void
}

// CREATE DATABASE goes on in the server when its client is gone, so sessions of ours are ended and waited for as well.
// Between CREATE and COMMENT there is no comment yet; the name alone holds 16 random digits that nobody else has.
const SQL = `
SELECT count(pg_catalog.pg_terminate_backend(pid)) FROM pg_catalog.pg_stat_activity
  WHERE datname = :'name' OR application_name = :'app';
SELECT pg_catalog.format('DROP DATABASE %I', datname) FROM pg_catalog.pg_database
  WHERE datname = :'name'
    AND coalesce(pg_catalog.shobj_description(oid, 'pg_database'), :'comment') = :'comment' \\gexec
SELECT (SELECT count(*) FROM pg_catalog.pg_database WHERE datname = :'name')
  + (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE application_name = :'app');
`

const SCRIPT = `
read -r line
[ "$line" = done ] && exit 0
n=0
while [ $n -lt 240 ]; do
  left=$(printf '%s' "$6" | "$1" -X -q -A -t -w -d "$2" -v name="$3" -v comment="$4" -v app="$5" 2>/dev/null | tail -n 1)
  [ "$left" = 0 ] && exit 0
  n=$((n+1)); sleep 0.5
done
exit 1`

export function startWatchdog(options: WatchdogOptions): Watchdog {
  const { psql, env, database, name, comment, applicationName } = options
  const child = spawn(
    'sh',
    ['-c', SCRIPT, 'postflight-watchdog', psql, database, name, comment, applicationName, SQL],
    {
      cwd: '/',
      env: { ...env, PGAPPNAME: 'postflight watchdog', PGCONNECT_TIMEOUT: '10' },
      // Of its own group, so that a Ctrl-C does not take it along.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  )
  child.on('error', () => undefined)
  child.stdin.on('error', () => undefined)
  child.unref()
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref()
  return { done: () => child.stdin.end('done\n'), release: () => child.stdin.end() }
}
