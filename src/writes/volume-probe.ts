/**
 * Proves that a volume can be written, by doing it: one file with a name nobody else has is created (never over another),
 * written, forced to disk, renamed and deleted, as the user the application runs as. Nothing else is written.
 */
import { randomBytes } from 'node:crypto'
import { runScript } from '../vantage/run.js'
import type { Vantage } from '../vantage/vantage.js'
import { type Allowed, assertAllowed, withRemoval } from './allowed.js'

export const PROBE_PREFIX = '.postflight-probe-'

export interface ProbeRequest {
  readonly directory: string
  readonly user?: string | undefined
  /** Also give it a name with a letter that has two spellings in Unicode. */
  readonly spellings: boolean
  /** Ends the probe. */
  readonly signal: AbortSignal
  /** The check was told to stop, which says nothing of the volume. */
  readonly stop?: AbortSignal | undefined
  readonly allowed: Allowed
}

export interface ProbeResult {
  /** Undefined where every step went well. `said` is what the tool printed. */
  readonly failed: { readonly step: ProbeStep; readonly said: string } | undefined
  /** Of the new file. */
  readonly owner: number | undefined
  readonly group: number | undefined
  readonly mode: string | undefined
  readonly caseSensitive: boolean | undefined
  /** Whether the other spelling of its name found it. */
  readonly normalizes: boolean | undefined
  /** The file that is still there because it could not be removed. */
  readonly left: string | undefined
}

export type ProbeStep = 'create' | 'write' | 'rename' | 'delete'

/** An abort in the middle leaves this behind, after the file was removed, or `left` if it was not. */
export class ProbeBroken extends Error {
  override readonly name = 'ProbeBroken'
  readonly left: string | undefined

  constructor(cause: unknown, left: string | undefined) {
    super('the write probe was broken off', { cause })
    this.left = left
  }
}

/** How long removing the file may take after an abort: the run waits for it. A mount that hangs is given up sooner. */
const CLEANING_MS = 4000
const CLEANING_HUNG_MS = 700

/**
 * `set -C` makes the shell open a new file exclusively. `conv=fsync` is in GNU and busybox; a dd without it is followed
 * by sync. Only what this script made is removed.
 */
const PROBE = `
export LC_ALL=C
set -C
directory=$1 first=$1/$2 second=$1/$3 other_case=$1/$4 composed=$5 decomposed=$1/$6 made=
rec() { printf '%s\\0%s\\0' "$1" "$2"; }
clean() {
  [ -n "$made" ] || return 0
  for one in "$first" "$second" "$directory/$composed"; do
    rm -f "$one" 2>/dev/null
    [ -e "$one" ] && rec left "$one"
  done
}
fail() { rec failed "$1"; rec said "$2"; clean; exit 0; }
trap 'clean; exit 1' HUP INT TERM
what=$( { : > "$first"; } 2>&1 ) || fail create "$what"
made=yes
rec new "$(stat -c '%u %g %a' "$first" 2>/dev/null)"
if [ -e "$other_case" ]; then rec case insensitive; else rec case sensitive; fi
if ! what=$(dd if=/dev/zero of="$first" bs=4096 count=1 conv=notrunc,fsync 2>&1); then
  case $what in
    *"not found"*|*perand*|*"sage:"*)
      what=$( { printf '%4096s' '' >| "$first" && sync "$first"; } 2>&1 ) || fail write "$what" ;;
    *) fail write "$what" ;;
  esac
fi
what=$(mv -f "$first" "$second" 2>&1) || fail rename "$what"
if [ -e "$first" ] || [ ! -e "$second" ]; then fail rename 'the file does not have its new name'; fi
last=$second
if [ -n "$composed" ]; then
  if what=$(mv -f "$second" "$directory/$composed" 2>&1); then
    last=$directory/$composed
    if [ -e "$decomposed" ]; then rec normalizes yes; else rec normalizes no; fi
  fi
fi
what=$(rm -f "$last" 2>&1) || fail delete "$what"
[ -e "$last" ] && fail delete 'the file is still there'
rec done yes
`

const CLEAN = `
export LC_ALL=C
for one do
  rm -f "$one" 2>/dev/null
  if [ -e "$one" ]; then printf '%s\\0' "$one"; fi
done
`

export async function probeVolume(vantage: Vantage, request: ProbeRequest): Promise<ProbeResult> {
  assertAllowed(request.allowed, 'writes', `writing a probe file in ${request.directory}`)
  const { signal, user } = request
  const directory = (await vantage.root({ signal })) + request.directory
  const first = PROBE_PREFIX + randomBytes(8).toString('hex')
  const second = `${first}-renamed`
  const composed = request.spellings ? `${first}-\u00e9` : ''
  const args = [directory, first, second, first.toUpperCase(), composed, `${first}-e\u0301`]
  const path = `${request.directory}/${first}`
  return withRemoval(request.allowed, `the probe file ${path}`, async (left) => {
    try {
      const { stdout, stderr } = await runScript(vantage, PROBE, args, { signal, user })
      const said = fieldsOf(stdout.toString())
      if (said.get('done') === undefined && said.get('failed') === undefined) {
        throw new Error(stderr.trim() || 'the shell ended before the probe did')
      }
      return resultOf(said)
    } catch (cause) {
      const names = [first, second, ...(composed === '' ? [] : [composed])]
      const ms = request.stop?.aborted === true ? CLEANING_MS : CLEANING_HUNG_MS
      const stays = await cleaned(vantage, { directory, names, user, ms })
      if (stays !== undefined) left(`the probe file ${stays} could not be removed: delete it by hand`)
      throw new ProbeBroken(cause, stays)
    }
  })
}

/** The file that could not be removed, as far as can be told: after a mount stopped answering, nothing can. */
async function cleaned(
  vantage: Vantage,
  {
    directory,
    names,
    user,
    ms,
  }: {
    readonly directory: string
    readonly names: readonly string[]
    readonly user: string | undefined
    readonly ms: number
  },
): Promise<string | undefined> {
  const paths = names.map((name) => `${directory}/${name}`)
  try {
    const signal = AbortSignal.timeout(ms)
    const { code, stdout } = await runScript(vantage, CLEAN, paths, { signal, user })
    return code === 0 ? stdout.toString().split('\0')[0] || undefined : paths[0]
  } catch {
    return paths[0]
  }
}

function resultOf(said: ReadonlyMap<string, string>): ProbeResult {
  const step = said.get('failed') as ProbeStep | undefined
  const [owner, group, mode] = (said.get('new') ?? '').split(' ')
  const known = mode !== undefined
  return {
    failed: step === undefined ? undefined : { step, said: said.get('said') ?? '' },
    owner: known ? Number(owner) : undefined,
    group: known ? Number(group) : undefined,
    mode,
    caseSensitive: said.has('case') ? said.get('case') === 'sensitive' : undefined,
    normalizes: said.has('normalizes') ? said.get('normalizes') === 'yes' : undefined,
    left: said.get('left'),
  }
}

function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = text.split('\0')
  const pairs: [string, string][] = []
  for (let at = 0; at + 2 < fields.length; at += 2) pairs.push([fields[at] ?? '', fields[at + 1] ?? ''])
  return new Map(pairs)
}
