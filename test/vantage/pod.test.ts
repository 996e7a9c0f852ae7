/** No cluster can run here: kubectl is a program of ours that takes exactly the words kubectl takes, and runs them here. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPodVantage } from '../../src/vantage/pod.js'
import { runScript } from '../../src/vantage/run.js'
import type { PodSpec } from '../../src/vantage/schema.js'
import { VantageError } from '../../src/vantage/vantage.js'
import { failure, vantageTable } from './table.js'

const KUBECTL = `#!/bin/sh
d=$(dirname "$0")
printf '%s\\n' "$*" >>"$d/asked"
while :; do case $1 in --context) c=$2; shift 2 ;; --namespace) shift 2 ;; *) break ;; esac; done
if [ "$c" = elsewhere ]; then echo 'error: context "elsewhere" does not exist' >&2; exit 1; fi
if [ "$c" = down ]; then echo 'The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?' >&2; exit 1; fi
if [ "$c" = nobody ]; then echo 'Error from server (Forbidden): pods is forbidden: User "dana" cannot list resource "pods"' >&2; exit 1; fi
case "$1 $2 $3" in
  'get pod --output=json')
    case "$4 $5" in
      '--selector=app=web ') cat "$d/pods.json" ;;
      '--selector=app=none ') echo '{"kind":"List","items":[]}' ;;
      '-- web-a') cat "$d/pod.json" ;;
      *) echo "Error from server (NotFound): pods \\"$5\\" not found" >&2; exit 1 ;;
    esac ;;
  'exec --stdin '*)
    shift 3
    if [ "$1" = --container ]; then k=$2; shift 2; else echo 'Defaulted container "web" out of: web, bare' >&2; fi
    [ "$1" = -- ] || exit 64; shift
    if [ "$k" = bare ]; then
      echo 'OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH: unknown' >&2
      echo 'command terminated with exit code 126' >&2; exit 126
    fi
    "$@"; c=$?
    [ $c = 0 ] || echo "command terminated with exit code $c" >&2
    exit $c ;;
  *) exit 64 ;;
esac
`

const pod = (name: string, ready: boolean) => ({
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'web' }, { name: 'bare' }], ephemeralContainers: [{ name: 'debugger' }] },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    containerStatuses: [
      { name: 'web', image: 'shop:1', imageID: 'sha256:1', state: { running: { startedAt: '2026-01-02T03:04:05Z' } } },
    ],
  },
})

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postflight-kubectl-'))
  writeFileSync(join(folder, 'kubectl'), KUBECTL)
  chmodSync(join(folder, 'kubectl'), 0o755)
  const items = [pod('web-c', true), pod('web-a', false), pod('web-b', true)]
  writeFileSync(join(folder, 'pods.json'), JSON.stringify({ kind: 'List', items }))
  writeFileSync(join(folder, 'pod.json'), JSON.stringify(pod('web-a', true)))
  writeFileSync(join(folder, 'asked'), '')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const { signal } = new AbortController()
const vantage = (spec: PodSpec) =>
  createPodVantage(spec, { env: { ...process.env, PATH: `${folder}:${process.env['PATH']}` } })

describe('pod, through a kubectl that runs the words here', () => {
  vantageTable(async () => ({
    vantage: vantage({ name: 'web-a', container: 'web' }),
    other: process.getuid?.() === 0 ? { user: '65534', uid: '65534' } : undefined,
    method: /^kubectl exec$/,
    dials: /^(nc|bash|ncat|busybox nc) in the pod$/,
    close: async () => undefined,
  }))
})

describe('a pod, through a kubectl that runs the words here', () => {
  const refused = async (spec: PodSpec) => {
    const error = await failure(runScript(vantage(spec), 'exit 0', [], { signal }))
    expect(error).toBeInstanceOf(VantageError)
    return `${(error as VantageError).message} | ${(error as VantageError).hint}`
  }

  it('is the first by name of those that are ready, and how many there were is told', async () => {
    const chosen = vantage({ selector: 'app=web', namespace: 'shop', context: 'prod' })
    expect(await chosen.method({ signal })).toBe('kubectl exec in web-b (the first of 2 that are ready)')
    expect((await runScript(chosen, 'exit 5', [], { signal })).code).toBe(5)
    const asked = readFileSync(join(folder, 'asked'), 'utf8').split('\n')
    expect(asked).toContain('--context prod --namespace shop get pod --output=json --selector=app=web')
    expect(asked.some((line) => line.startsWith('--context prod --namespace shop exec --stdin web-b -- sh -c '))).toBe(
      true,
    )
  })

  it('without a shell says what would help', async () => {
    expect(await refused({ name: 'web-a', container: 'bare' })).toMatch(/no shell.*kubectl debug/)
  })

  it('can be looked into from a debugging container', async () => {
    const { code } = await runScript(vantage({ name: 'web-a', container: 'debugger' }), 'exit 4', [], { signal })
    expect(code).toBe(4)
  })

  it.each([
    ['that is not there', { name: 'nobody' }, /no such pod/],
    ['no selector chooses', { selector: 'app=none' }, /no such pod.*selector/],
    [
      'without that container',
      { name: 'web-a', container: 'x' },
      /no container "x".*its containers: web, bare, debugger/,
    ],
    ['of another context', { name: 'web-a', context: 'elsewhere' }, /no such context/],
    ['of a cluster that is down', { name: 'web-a', context: 'down' }, /cluster does not answer/],
    ['that may not be seen', { name: 'web-a', context: 'nobody' }, /may not do this.*pods\/exec/],
  ] as const)('%s is an error that says so', async (_, spec, message) => {
    expect(await refused(spec)).toMatch(message)
  })

  it('tells image and start from outside', async () => {
    const outside = await vantage({ name: 'web-a' }).outside({ signal })
    expect(outside).toMatchObject({ image: 'shop:1', imageId: 'sha256:1' })
    expect(outside?.startedAt?.toISOString()).toBe('2026-01-02T03:04:05.000Z')
  })
})
