/** What docs/ci.md gives to pipelines: held against its form, and its shell run as the pipeline would run it. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import Verify from '../../src/commands/verify.js'
import { ROOT } from '../generated.js'
import { BIN, directoryOf } from '../support/run-cli.js'

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8')

interface Step {
  readonly id?: string
  readonly if?: string
  readonly shell?: string
  readonly uses?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>
  readonly outputs: Readonly<Record<string, { readonly value: string }>>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
}

const action = parse(read('action.yml')) as Action
const verify = action.runs.steps.find(({ id }) => id === 'verify')

let place: ReturnType<typeof directoryOf>
beforeEach(() => {
  place = directoryOf()
  mkdirSync(join(place.path, 'bin'))
  // As the packed one is found: a program of that name, and an npx that takes the package it is given for it.
  script('postflight', `exec ${process.execPath} ${BIN} "$@"`)
  script('npx', 'printf "%s\\n" "$@" > npx-arguments; while [ "$1" != postflight ]; do shift; done; exec "$@"')
  writeFileSync(join(place.path, 'pass.yaml'), check('exit 0'))
  writeFileSync(join(place.path, 'fail.yaml'), check('exit 1'))
})
afterEach(() => place.remove())

function script(name: string, text: string): void {
  const path = join(place.path, 'bin', name)
  writeFileSync(path, `#!/bin/sh\n${text}\n`)
  chmodSync(path, 0o755)
}

const check = (shell: string) => `version: 1
defaults: { owner: team-shop, severity: high, remediation: Mend it., tags: [post-migration] }
checks: [{ id: told, kind: command, command: [sh, -c, ${JSON.stringify(shell)}] }]
`

function shell(program: readonly string[], text: string, env: Readonly<Record<string, string>>) {
  const [command = '', ...args] = program
  return spawnSync(command, [...args, text], {
    cwd: place.path,
    encoding: 'utf8',
    env: { PATH: `${join(place.path, 'bin')}:${process.env['PATH']}`, HOME: place.path, ...env },
  })
}

describe('action.yml', () => {
  /** As GitHub starts `shell: bash`. */
  const run = (inputs: Readonly<Record<string, string>>) => {
    const output = join(place.path, 'output')
    writeFileSync(output, '')
    const result = shell(['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c'], verify?.run ?? '', {
      ACTION_PATH: ROOT,
      GITHUB_OUTPUT: output,
      POSTFLIGHT_FILES: '',
      POSTFLIGHT_ARGS: '--allow-commands',
      POSTFLIGHT_REPORTERS: '',
      POSTFLIGHT_VERSION: '',
      ...inputs,
    })
    return { ...result, output: readFileSync(output, 'utf8') }
  }

  test('has the form of a composite action, and every input reaches the shell through the environment alone', () => {
    expect(action.runs.using).toBe('composite')
    for (const { description } of Object.values(action.inputs)) expect(description).toMatch(/\.$/)
    for (const step of action.runs.steps) {
      expect(step.shell).toBe('bash')
      expect(step.run).not.toContain('${{')
    }
    const named = JSON.stringify(action.runs).matchAll(/inputs\.([\w-]+)/g)
    expect(new Set([...named].map(([, name]) => name))).toEqual(new Set(Object.keys(action.inputs)))
    for (const { value } of Object.values(action.outputs))
      expect(value).toMatch(/^\$\{\{ steps\.verify\.outputs\.[\w-]+ \}\}$/)
  })

  test.each([
    ['pass.yaml', 0],
    ['fail.yaml', 1],
    ['missing.yaml', 2],
  ])('of %s it ends with %i, and says so', (file, code) => {
    const { status, output, stderr } = run({ POSTFLIGHT_FILES: `${file}\n` })
    expect([status, output], stderr).toEqual([code, `exit-code=${code}\n`])
  })

  test('several files, arguments and reports are one a line', () => {
    writeFileSync(join(place.path, 'two words.yaml'), check('exit 0').replace('told', 'second'))
    const { status, stderr } = run({
      POSTFLIGHT_FILES: 'pass.yaml\ntwo words.yaml\n',
      POSTFLIGHT_ARGS: '--allow-commands\n--tag=post-migration\n',
      POSTFLIGHT_REPORTERS: 'table\njson:a report.json\n',
    })
    expect(status, stderr).toBe(0)
    const report = JSON.parse(readFileSync(join(place.path, 'a report.json'), 'utf8')) as { checks: unknown[] }
    expect(report.checks).toHaveLength(2)
  })

  const HOSTILE = [
    '$(touch pwned)',
    '`touch pwned`',
    '"; touch pwned; "',
    "'; touch pwned #",
    '--allow-writes; touch pwned',
  ]
  test.each([
    ['POSTFLIGHT_FILES', HOSTILE.join('\n')],
    ['POSTFLIGHT_ARGS', HOSTILE.join('\n')],
    ['POSTFLIGHT_REPORTERS', HOSTILE.map((text) => `json:${text}`).join('\n')],
    ['POSTFLIGHT_VERSION', HOSTILE.join(' ')],
  ])('%s that would be code runs nothing', (name, value) => {
    run({ POSTFLIGHT_FILES: 'pass.yaml', [name]: value })
    expect(readdirSync(place.path)).not.toContain('pwned')
  })

  test.each([
    ['0.1.0', '--package=postflight@0.1.0'],
    ['./postflight-0.1.0.tgz', '--package=./postflight-0.1.0.tgz'],
  ])('version %s is taken by npx', (version, argument) => {
    expect(run({ POSTFLIGHT_FILES: 'fail.yaml', POSTFLIGHT_VERSION: version }).status).toBe(1)
    expect(written('npx-arguments').split('\n')).toContain(argument)
  })
})

const written = (name: string): string => readFileSync(join(place.path, name), 'utf8')
const FLAGS = new Set(Object.keys({ ...Verify.flags, ...Verify.baseFlags }))

test('docs/ci/github.yml gives the action inputs it has, and secrets to the environment alone', () => {
  const { jobs } = parse(read('docs/ci/github.yml')) as { jobs: { postflight: { steps: readonly Step[] } } }
  const { steps } = jobs.postflight
  const own = steps.find(({ uses }) => uses === './postflight')
  expect(Object.keys(own?.with ?? {}).filter((name) => !Object.hasOwn(action.inputs, name))).toEqual([])
  for (const step of steps) expect(JSON.stringify(step.with ?? {})).not.toContain('secrets.')
  for (const step of steps.filter(({ uses }) => uses?.includes('upload'))) expect(step.if).toBe('always()')
})

describe('docs/ci/gitlab-ci.yml', () => {
  const job = (parse(read('docs/ci/gitlab-ci.yml')) as { postflight: Record<string, unknown> }).postflight as {
    readonly script: readonly string[]
    readonly artifacts: { readonly when: string; readonly reports: Readonly<Record<string, string>> }
  }
  test.each([
    ['pass.yaml', 0],
    ['fail.yaml', 1],
    ['$(touch pwned)', 2],
  ])('its script, on %s, ends with %i', (file, code) => {
    const text = job.script.join('\n').replace(' verify ', ' verify --allow-commands ')
    const { status, stderr } = shell(['sh', '-e', '-c'], text, { POSTFLIGHT: './p.tgz', CHECKS: file })
    expect(status, stderr).toBe(code)
    expect(readdirSync(place.path)).not.toContain('pwned')
    if (code === 2) return
    for (const report of Object.values(job.artifacts.reports)) expect(readdirSync(place.path)).toContain(report)
  })
  test('keeps its reports whatever came of it', () => expect(job.artifacts.when).toBe('always'))
})

interface PodSpec {
  readonly restartPolicy: string
  readonly containers: readonly {
    readonly command: readonly string[]
    readonly args: readonly string[]
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[]
  }[]
  readonly volumes: readonly { readonly name: string }[]
}
interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> }
  readonly spec: PodSpec & { readonly template?: { readonly spec: PodSpec }; readonly backoffLimit?: number }
}

describe.each([
  ['docs/ci/argocd-postsync.yaml', 'batch/v1', 'Job', 'argocd.argoproj.io/hook', 'PostSync'],
  ['docs/ci/helm-test.yaml', 'v1', 'Pod', 'helm.sh/hook', 'test'],
])('%s', (name, apiVersion, kind, hook, value) => {
  const manifest = parse(read(name)) as Manifest
  const spec = manifest.spec.template?.spec ?? manifest.spec
  const [container] = spec.containers

  test('is a hook that runs once and judges by the exit code', () => {
    expect([manifest.apiVersion, manifest.kind]).toEqual([apiVersion, kind])
    expect(manifest.metadata.annotations[hook]).toBe(value)
    expect(spec.restartPolicy).toBe('Never')
    expect(manifest.spec.backoffLimit ?? 0).toBe(0)
    const mounts = container?.volumeMounts.map((mount) => mount.name)
    expect(spec.volumes.map((volume) => volume.name)).toEqual(mounts)
  })

  test.each([
    ['pass.yaml', 0],
    ['fail.yaml', 1],
  ])('what it runs, on %s, ends with %i', (file, code) => {
    const args = [...(container?.args ?? [])]
    for (const [, flag = ''] of args.join(' ').matchAll(/ --([a-z-]+)/g)) expect(FLAGS).toContain(flag)
    const here = args.map((arg) => (arg === '/checks' ? file : arg))
    const [program = ''] = container?.command ?? []
    const { status, stderr } = shell(['sh', '-c'], `${program} ${here.join(' ')} --allow-commands`, {})
    expect(status, stderr).toBe(code)
  })
})
