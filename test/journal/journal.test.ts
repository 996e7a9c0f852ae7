import { execFile } from 'node:child_process'
import { appendFile, chmod, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { differences, part } from '../../src/journal/identity.js'
import { type JournalOptions, openJournal } from '../../src/journal/journal.js'
import { placeIn } from '../../src/journal/place.js'
import { type Fake, findings, runFakes, scratch, sees } from '../engine/fake.js'
import { mountsAllowed } from '../support/mounts.js'
import { serverOrSkip } from '../support/require-server.js'

const looked: string[] = []
const sight = (name: string, ...keys: string[]): NonNullable<Fake['observe']> =>
  async function* () {
    looked.push(name)
    if (keys.length > 0) yield findings(...keys)
    return { subjects: { missing: keys.length } }
  }
const never: NonNullable<Fake['observe']> = async function* () {
  yield findings('half')
  await new Promise(() => {})
  return { subjects: {} }
}

const THREE: readonly Fake[] = [
  { id: 'a', observe: sight('a', 'x', 'y\u2028z') },
  { id: 'b', observe: sight('b') },
  { id: 'c', observe: sight('c', 'w'), requires: ['b'] },
]

function optionsOf(dir: string, fakes: readonly Fake[], more: Partial<JournalOptions> = {}): JournalOptions {
  const checks = fakes.map(({ id, requires = [] }) => ({ id, requires }))
  return {
    dir,
    cwd: '/',
    identity: fakes.map(({ id }) => part(`check "${id}"`, id)),
    checks,
    makes: () => false,
    scratch: '/nowhere',
    run: `run-${Math.random()}`,
    now: () => new Date(),
    onWait: () => {},
    ...more,
  }
}

/** A run with a journal; `stopAfter` ends it as kill -9 would: nothing more is written. */
async function sitting(dir: string, fakes: readonly Fake[], more: Partial<JournalOptions> = {}, stopAfter?: string) {
  looked.length = 0
  const journal = await openJournal(optionsOf(dir, fakes, more))
  let dead = false
  const controller = new AbortController()
  const ran = await runFakes(fakes, {
    run: 'fresh',
    earlier: journal.earlier,
    warnings: journal.warnings,
    remarks: journal.remarks,
    concurrency: 1,
    interrupt: controller.signal,
    graceMs: 1,
    emit: async (event) => {
      if (dead) return
      await journal.onEvent(event)
      if (stopAfter === undefined || event.type !== 'check:end' || event.id !== stopAfter) return
      dead = true
      controller.abort('SIGINT')
    },
  })
  await journal.close(!dead && ran.end.interrupted === undefined)
  return { ...ran, journal, looked: [...looked] }
}

const told = ({ events }: Awaited<ReturnType<typeof sitting>>) =>
  events
    .flatMap((event) => {
      if (event.type === 'check:finding') return [`${event.id} ${event.finding.key}`]
      return event.type === 'check:end' ? [`${event.id} ${event.outcome} ${JSON.stringify(event.subjects)}`] : []
    })
    .sort()

test('what had ended is told again and not looked at, the rest is looked at', async () => {
  const undisturbed = await sitting(scratch(), THREE)
  const dir = scratch()
  await sitting(dir, THREE, {}, 'a')
  const second = await sitting(dir, THREE)
  expect(second.looked).toEqual(['b', 'c'])
  expect(told(second)).toEqual(told(undisturbed))
  expect(second.end.exit).toEqual(undisturbed.end.exit)
  expect(second.end.tally).toEqual(undisturbed.end.tally)
})

test('the run that goes on is the same run, and says so', async () => {
  const dir = scratch()
  const { journal } = await sitting(dir, THREE, { run: 'the-first' }, 'a')
  const { events } = await sitting(dir, THREE)
  const [start] = events
  expect(start).toMatchObject({ type: 'run:start', run: 'the-first' })
  expect(start?.type === 'run:start' && start.warnings.join()).toMatch(
    /resumed from the journal in .*: begun 2.*, 1 of 3 checks had ended and was not looked at again/,
  )
  expect(journal.earlier).toBeUndefined()
})

test('a run that has ended by itself leaves nothing, and the next one starts afresh', async () => {
  const dir = scratch()
  await sitting(dir, THREE)
  expect(await readdir(dir)).toEqual([])
  expect((await sitting(dir, THREE)).looked).toEqual(['a', 'b', 'c'])
})

test('a killed run may be killed again', async () => {
  const dir = scratch()
  await sitting(dir, THREE, {}, 'a')
  await sitting(dir, THREE, {}, 'b')
  expect((await sitting(dir, THREE)).looked).toEqual(['c'])
})

test('what could not be told is looked at again, and so is what it blocked', async () => {
  let broken = true
  const flaky: NonNullable<Fake['observe']> = async function* (context, check) {
    if (broken) throw new Error('not now')
    return yield* sight('b')(context, check)
  }
  const fakes = THREE.map((one) => (one.id === 'b' ? { ...one, observe: flaky } : one))
  const dir = scratch()
  await sitting(dir, fakes, {}, 'c')
  broken = false
  const { looked: again, outcomes } = await sitting(dir, fakes)
  expect(again).toEqual(['b', 'c'])
  expect(outcomes).toEqual({ a: 'fail', b: 'pass', c: 'fail' })
})

test('what was measured and could not be judged counts as settled', async () => {
  const fakes: Fake[] = [
    { id: 'gap', observe: sees({ missing: 0 }, { gaps: ['a directory'] }) },
    { id: 'last', observe: sight('last') },
  ]
  const dir = scratch()
  await sitting(dir, fakes, {}, 'gap')
  const { looked: again, outcomes } = await sitting(dir, fakes)
  expect(again).toEqual(['last'])
  expect(outcomes['gap']).toBe('error')
})

test('a check that makes something for one still to be looked at makes it again', async () => {
  const dir = scratch()
  const makes = (id: string) => id === 'b'
  await sitting(dir, THREE, { makes }, 'b')
  expect((await sitting(dir, THREE, { makes })).looked).toEqual(['b', 'c'])
})

test('and does not, where nobody is left to use it', async () => {
  const dir = scratch()
  const fakes: Fake[] = [
    { id: 'b', observe: sight('b') },
    { id: 'c', observe: sight('c'), requires: ['b'] },
    { id: 'd', observe: sight('d'), requires: ['c'] },
  ]
  const makes = (id: string) => id === 'b'
  await sitting(dir, fakes, { makes }, 'c')
  expect((await sitting(dir, fakes, { makes })).looked).toEqual(['d'])
})

test('warnings of what had ended are among those of the run', async () => {
  const known = { keys: new Set(['gone']), reason: 'old' }
  const fakes: Fake[] = [{ id: 'a', observe: sees({ missing: 0 }), known }, { id: 'b' }]
  const dir = scratch()
  await sitting(dir, fakes, {}, 'a')
  const { end } = await sitting(dir, fakes)
  expect(end.warnings).toEqual(['1 known keys of "a" were not found any more'])
})

test('what SIGINT stops is looked at again', async () => {
  const stuck = [
    { id: 'a', observe: sight('a') },
    { id: 'b', observe: never },
  ] satisfies Fake[]
  const dir = scratch()
  const controller = new AbortController()
  const journal = await openJournal(optionsOf(dir, stuck))
  const { end } = await runFakes(stuck, {
    concurrency: 1,
    graceMs: 1,
    interrupt: controller.signal,
    emit: async (event) => {
      await journal.onEvent(event)
      if (event.type === 'check:start' && event.id === 'b') controller.abort('SIGINT')
    },
  })
  await journal.close(end.interrupted === undefined)
  expect(end.interrupted).toBe('SIGINT')
  const unstuck = stuck.map(({ id }) => ({ id, observe: sight(id) }))
  expect((await sitting(dir, unstuck)).looked).toEqual(['b'])
})

const TORN: readonly (readonly [string, (dir: string) => Promise<void>, readonly string[]])[] = [
  ['a last line cut off', async (dir) => appendFile(placeIn(dir, dir).ended, '{"id":"b","by'), ['b', 'c']],
  ['a line that is none', async (dir) => writeFile(placeIn(dir, dir).ended, 'nonsense\n'), ['a', 'b', 'c']],
  ['events that are gone', async (dir) => rm(placeIn(dir, dir).events('a')), ['a', 'b', 'c']],
  ['events cut off', async (dir) => writeFile(placeIn(dir, dir).events('a'), '{"v":1,'), ['a', 'b', 'c']],
  [
    'events in which a bit fell over',
    async (dir) => {
      const path = placeIn(dir, dir).events('a')
      await writeFile(path, (await readFile(path, 'utf8')).replace('"missing"', '"missinh"'))
    },
    ['a', 'b', 'c'],
  ],
  ['events of a check begun', async (dir) => writeFile(placeIn(dir, dir).events('b'), '{"v":1,'), ['b', 'c']],
  ['no head', async (dir) => rm(placeIn(dir, dir).head), ['a', 'b', 'c']],
  ['a head cut off', async (dir) => writeFile(placeIn(dir, dir).head, '{"v":1,"ru'), ['a', 'b', 'c']],
]
test.each(TORN)('with %s, what is not whole is looked at again', async (_, tear, again) => {
  const undisturbed = await sitting(scratch(), THREE)
  const dir = scratch()
  await sitting(dir, THREE, {}, 'a')
  await tear(dir)
  const second = await sitting(dir, THREE)
  expect(second.looked).toEqual(again)
  expect(told(second)).toEqual(told(undisturbed))
})

test('the journal of other checks is refused, and stays', async () => {
  const dir = scratch()
  await sitting(dir, THREE, {}, 'a')
  const others: Fake[] = [
    { id: 'a', observe: sight('a') },
    { id: 'z', observe: sight('z') },
  ]
  const opened = openJournal(optionsOf(dir, others))
  await expect(opened).rejects.toMatchObject({
    name: 'UsageError',
    message: `the journal in ${dir} belongs to another run: check "z" is new, check "b" is gone, check "c" is gone`,
  })
  expect((await sitting(dir, THREE)).looked).toEqual(['b', 'c'])
})

test('differences are told with what may be read, and otherwise by name alone', () => {
  const before = [part('the version', 1, '1'), part('check "a"', { sql: 'x', big: 1n, set: new Set(['b', 'a']) })]
  const now = [part('the version', 2, '2'), part('check "a"', { sql: 'y', big: 1n, set: new Set(['a', 'b']) })]
  expect(differences(before, now)).toEqual(['the version was 1 and is 2 now', 'check "a" differs'])
  expect(differences(before, before)).toEqual([])
})

test('a journal of the day before yesterday is not gone on with', async () => {
  const dir = scratch()
  await sitting(dir, THREE, {}, 'a')
  const old = new Date(Date.now() - 25 * 60 * 60_000)
  for (const path of [placeIn(dir, dir).ended, placeIn(dir, dir).head]) await utimes(path, old, old)
  const { looked: again, events } = await sitting(dir, THREE)
  expect(again).toEqual(['a', 'b', 'c'])
  expect(JSON.stringify(events[0])).toContain('more than a day ago, so everything is looked at again')
})

test('all of it is closed to others', async () => {
  const dir = join(scratch(), 'deep', 'journal')
  await sitting(dir, THREE, {}, 'a')
  const modes = await Promise.all(
    [dir, ...(await readdir(dir, { recursive: true })).map((name) => join(dir, name))].map(async (path) => {
      const { mode } = await stat(path)
      return mode & 0o077
    }),
  )
  expect(modes.length).toBeGreaterThan(4)
  expect(new Set(modes)).toEqual(new Set([0]))
})

test('a journal others could have written is not believed', async () => {
  const dir = scratch()
  await sitting(dir, THREE, {}, 'a')
  await chmod(placeIn(dir, dir).dir, 0o777)
  await expect(openJournal(optionsOf(dir, THREE))).rejects.toThrow('may have been made by others')
})

test('a directory that cannot be one is a mistake of the command line', async () => {
  const dir = join(scratch(), 'file')
  await writeFile(dir, '')
  await expect(openJournal(optionsOf(dir, THREE))).rejects.toMatchObject({ name: 'UsageError' })
})

test('where it cannot be written any more the run goes on, and says what that means', async () => {
  const dir = scratch()
  const fakes: Fake[] = [
    {
      id: 'a',
      observe: async function* () {
        await rm(placeIn(dir, dir).dir, { recursive: true })
        yield findings('k')
        return { subjects: { missing: 1 } }
      },
    },
    { id: 'b' },
  ]
  // The events of a check are opened with its start.
  const { end } = await sitting(dir, fakes)
  expect(end.exit.code).toBe(1)
  expect(end.warnings.join()).toContain('is not complete (ENOENT')
})

test('scratch that a killed process left is removed by the next', async () => {
  const dir = scratch()
  const left = join(scratch(), 'postflight-aB39xy')
  const other = join(scratch(), 'precious')
  await mkdir(left)
  await mkdir(other)
  await sitting(dir, THREE, { scratch: left }, 'a')
  await sitting(dir, THREE, { scratch: other }, 'b')
  await expect(stat(left)).rejects.toThrow('ENOENT')
  await sitting(dir, THREE)
  expect((await stat(other)).isDirectory()).toBe(true)
})

serverOrSkip('root and mount namespaces', mountsAllowed())('a disk that is full', () => {
  test('ends no run, and what is written later is looked at again', async () => {
    const child = join(import.meta.dirname, 'full-disk.ts')
    const script = `mount -t tmpfs -o size=64k tmpfs "$1" && exec "$2" --import tsx "$3" "$1"`
    const { stdout } = await promisify(execFile)(
      'unshare',
      ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', scratch(), process.execPath, child],
      { cwd: join(import.meta.dirname, '../..') },
    )
    const { ended, remarks, again } = JSON.parse(stdout) as Record<string, readonly string[]>
    expect(remarks?.join()).toContain('is not complete (ENOSPC')
    expect(ended).toEqual(['small'])
    expect(again?.join()).toMatch(/no journal can be kept there: ENOSPC/)
  })
})
