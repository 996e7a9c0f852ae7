// What a person runs to put files back, run with the real programs: every name there can be has to arrive.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installed } from '../../fixtures/servers/installed.js'
import { createFindingsSink } from '../../src/engine/findings-sink.js'
import { recoveryScript } from '../../src/engine/recovery-script.js'
import type { Recovery } from '../../src/kinds/kind.js'
import { keyFromLatin1, keyFromText, keyToJson } from '../../src/lib/key.js'
import { serverOrSkip } from '../support/require-server.js'
import { s3 } from '../support/s3.js'
import { scratch } from './fake.js'

const NAMES = [
  'plain.txt',
  '2019/a b.txt',
  '#comment',
  ';also one',
  '-rf',
  ' leading',
  'trailing ',
  "it's",
  '"quoted"',
  '$HOME `id`',
  '*',
  'a\\b',
  'ümlaut/café',
  '.hidden',
  '[x]{y}?',
]
const LINES = ['new\nline', 'return\r']
const BYTES = ['\xff\xfe', 'caf\xe9/x']

async function listed(names: readonly string[], way: Recovery): Promise<string> {
  const dir = join(scratch(), 'found')
  const sink = createFindingsSink({ dir })
  await sink.onEvent({ v: 1, type: 'run:start', checks: [] } as never)
  for (const name of names) {
    const finding = { finding: 'missing', ...keyToJson(keyFromLatin1(name)), recover_from: [way.source] }
    await sink.onEvent({ v: 1, type: 'check:finding', id: 'up[a]', finding })
  }
  await sink.onEvent({ v: 1, type: 'check:end', id: 'up[a]', recovery: [way] } as never)
  await sink.close()
  expect(sink.unwritten()).toEqual([])
  return dir
}

const bytesOf = (root: string, name: string) => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, 'latin1')])

function holds(root: string, names: readonly string[]): void {
  for (const name of names) {
    const slash = name.lastIndexOf('/')
    mkdirSync(bytesOf(root, slash < 0 ? '' : name.slice(0, slash)), { recursive: true })
    writeFileSync(bytesOf(root, name), `content of ${name}`)
  }
}

/** Not one that waits: the bucket is in this very process. */
async function run(dir: string, args: readonly string[] = [], env: Record<string, string> = {}): Promise<void> {
  await promisify(execFile)('sh', [join(dir, 'up[a].recover.old.sh'), ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: scratch(), ...env },
    timeout: 30_000,
  })
}

const text = NAMES.map((name) => keyFromText(name) as string)

serverOrSkip('rsync', installed('rsync'))('rsync', () => {
  test('puts back every name, and nothing that is there', async () => {
    const [from, to] = [join(scratch(), "old 'home'"), join(scratch(), 'new home')]
    const names = [...text, ...LINES, ...BYTES]
    holds(from, [...names, 'not missing'])
    holds(to, ['it arrived'])
    writeFileSync(bytesOf(to, 'plain.txt'), 'came meanwhile')
    const files = { type: 'files', from: 'local' } as const
    const way = { source: 'old', target: 'up', from: { ...files, root: from }, to: { ...files, root: to } }
    const dir = await listed(names, way)
    await run(dir, ['--dry-run'])
    expect(readdirSync(to).sort()).toEqual(['it arrived', 'plain.txt'])
    await run(dir)
    for (const name of names) expect([name, existsSync(bytesOf(to, name))]).toEqual([name, true])
    expect(existsSync(join(to, 'not missing'))).toBe(false)
    expect(readFileSync(bytesOf(to, 'plain.txt'), 'utf8')).toBe('came meanwhile')
  })
})

serverOrSkip('rclone', installed('rclone'))('rclone', () => {
  let store: Awaited<ReturnType<typeof s3>>
  beforeAll(async () => {
    store = await s3()
  })
  afterAll(() => store.stop())
  const credentials = () => ({
    AWS_ACCESS_KEY_ID: store.server.accessKey,
    AWS_SECRET_ACCESS_KEY: store.server.secretKey,
  })
  const bucket = (name: string, prefix: string) =>
    ({ type: 's3', bucket: name, prefix, region: store.server.region, endpoint: store.server.endpoint }) as const

  test('puts objects back into a directory', async () => {
    await store.client.send(new CreateBucketCommand({ Bucket: 'old' }))
    for (const name of NAMES)
      await store.client.send(new PutObjectCommand({ Bucket: 'old', Key: `p/${name}`, Body: `content of ${name}` }))
    const to = join(scratch(), 'new home')
    const way = {
      source: 'old',
      target: 'up',
      from: bucket('old', 'p/'),
      to: { type: 'files', from: 'local', root: to },
    } as const
    await run(await listed(text, way), [], credentials())
    for (const name of text) expect([name, statSync(bytesOf(to, name)).isFile()]).toEqual([name, true])
  })

  test('puts files back into a bucket', async () => {
    await store.client.send(new CreateBucketCommand({ Bucket: 'new' }))
    const from = join(scratch(), 'old home')
    holds(from, text)
    const way = {
      source: 'old',
      target: 'up',
      from: { type: 'files', from: 'local', root: from },
      to: bucket('new', 'p/'),
    } as const
    await run(await listed(text, way), [], credentials())
    const { Contents = [] } = await store.client.send(new ListObjectsV2Command({ Bucket: 'new' }))
    expect(Contents.map(({ Key }) => Key).sort()).toEqual(NAMES.map((name) => `p/${name}`).sort())
  })
})

test('without rclone, and for what it cannot name, aws s3 cp is run for each key', async () => {
  const bin = join(scratch(), 'bin')
  mkdirSync(bin)
  // Stands in for the real one, which is no package of Debian's: writes down what it is called with.
  writeFileSync(
    join(bin, 'aws'),
    '#!/bin/sh\nfor word; do printf "%s\\0" "$word"; done >> "$CALLS"; printf "\\n\\0" >> "$CALLS"\n',
    { mode: 0o755 },
  )
  const from = {
    type: 's3',
    bucket: 'old',
    prefix: 'img-',
    region: 'eu-central-1',
    endpoint: "http://127.0.0.1:1/a'b",
    profile: 'p q',
  } as const
  const to = { type: 'files', from: 'local', root: '/srv/new home' } as const
  const names = [...text, ...LINES]
  const dir = await listed(names, { source: 'old', target: 'up', from, to })
  const calls = join(scratch(), 'calls')
  await run(dir, [], { CALLS: calls, PATH: `${bin}:${process.env['PATH']}` })
  const options = ['--endpoint-url', "http://127.0.0.1:1/a'b", '--region', 'eu-central-1', '--profile', 'p q']
  expect(
    readFileSync(calls, 'latin1')
      .split('\n\0')
      .slice(0, -1)
      .map((call) => call.split('\0').slice(0, -1)),
  ).toEqual(
    names.map((name) => [
      ...options,
      's3',
      'cp',
      '--only-show-errors',
      `s3://old/img-${name}`,
      `/srv/new home/${name}`,
    ]),
  )
})

test.each([
  [
    'another host',
    { host: 'old.example.net', user: 'deploy', port: 2222, identity_file: '/k/a b' },
    `-e 'ssh -p 2222 -i "/k/a b"' "$@" deploy@old.example.net:/srv/old/ /srv/new/`,
  ],
  ['an address of IPv6', { host: '2001:db8::1' }, '-e ssh "$@" \'[2001:db8::1]:/srv/old/\' /srv/new/'],
])('over ssh: %s', (_, ssh, command) => {
  const from = { type: 'files', from: 'ssh old', root: '/srv/old', ssh } as const
  const to = { type: 'files', from: 'local', root: '/srv/new/' } as const
  expect(recoveryScript('x', { source: 'old', target: 'up', from, to })).toContain(command)
})

test('a name with a line end stays in its comment', () => {
  const files = { type: 'files', from: 'local', root: '/a' } as const
  const script = recoveryScript('x', { source: 'a\nrm -rf /', target: 'b\u2028', from: files, to: files }) ?? ''
  expect(script.split('\n').filter((line) => line.startsWith('rm'))).toEqual([])
})

test('of the web we know no command', () => {
  const files = { type: 'files', from: 'local', root: '/a' } as const
  expect(recoveryScript('x', { source: 'a', target: 'b', from: { type: 'http' }, to: files })).toBeUndefined()
})
