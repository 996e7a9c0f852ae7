/** What is said, from recorded states: those a machine cannot be brought into here, and those it can. */
import { describe, expect, it } from 'vitest'
import { isSentinelOf } from '../../../src/kinds/volume/contents.js'
import { diagnose } from '../../../src/kinds/volume/diagnose.js'
import { engineSubjects } from '../../../src/kinds/volume/engine.js'
import { volume } from '../../../src/kinds/volume/kind.js'
import { mountSubjects, placed } from '../../../src/kinds/volume/mount.js'
import { modeAllows, refusal } from '../../../src/kinds/volume/refusal.js'
import { parseMountinfo } from '../../../src/lib/mountinfo.js'
import { toolError } from '../../../src/probes/error-text.js'
import type { Facts, Look } from '../../../src/probes/volume-look.js'
import { HEX, outsideOf } from './trap.js'

const facts: Facts = { type: 'directory', identity: '1:2', owner: 70, group: 70, mode: '700', links: 2 }
const space = { size: 1000n * 1024n ** 2n, free: 500n * 1024n ** 2n, inodes: 100n, freeInodes: 50n }
const access = { uid: 999, gids: [999] }

describe('a refusal', () => {
  it.each([
    ['dd: error writing: Disk quota exceeded', /EDQUOT.*quota .* is used up, though 500\.0 MiB are free/],
    ['dd: write error: Quota exceeded', /EDQUOT/],
    ['sh: x: Read-only file system', /EROFS.*turned read-only below it/],
    ['x: No space left on device', /ENOSPC.*a quota or a reserve keeps them/],
    ['x: Permission denied', /EACCES.*belongs to 70:70, mode 700/],
    ['x: Stale file handle', /ESTALE.*unmount and mount it again/],
    ['x: Input/output error', /cannot write and fsync in \/data: Input\/output error \(EIO\)$/],
  ])('%s', (said, expected) => {
    expect(refusal('write', toolError(said), { look: { facts, space }, access, path: '/data' }).summary).toMatch(
      expected,
    )
  })

  it('of a user the bits allow speaks of labels, not of bits', () => {
    const look = { facts: { ...facts, mode: '777' }, space }
    const { summary, suggestion } = refusal('create', toolError('Permission denied'), { look, access, path: '/data' })
    expect(summary).toMatch(/SELinux/)
    expect(suggestion).toMatch(/^ls -lZd \/data/)
  })

  it.each([
    ['700', 70, [70], true],
    ['700', 999, [70], false],
    ['770', 999, [70], true],
    ['2775', 999, [999, 70], true],
    ['755', 999, [70], false],
    ['757', 999, [999], true],
    ['077', 70, [1], false],
    ['000', 0, [0], true],
    ['1777', 999, [999], true],
    ['600', 70, [70], false],
  ] as const)('mode %s, user %i in groups %j: %s', (mode, uid, gids, allowed) => {
    expect(modeAllows({ ...facts, mode }, uid, gids)).toBe(allowed)
  })
})

describe('the words of tools', () => {
  it.each([
    ['sh: 1: cannot create /v/x: Permission denied', 'EACCES'],
    ["sh: can't create /v/x: nonexistent directory", 'ENOENT'],
    ["stat: cannot statx '/No space left on device/x': No such file or directory", 'ENOENT'],
    ["stat: can't stat '/v': Socket not connected", 'ENOTCONN'],
    ['sh: stat: not found', undefined],
    ['', undefined],
  ])('%s', (said, code) => expect(toolError(said).code).toBe(code))
})

describe('the sentinel', () => {
  it.each([
    ['7d1f', true],
    [' 7d1f\n', true],
    ['{"id":"7d1f","name":"uploads"}', true],
    ['{"id":7}', false],
    ['{"name":"7d1f"}', false],
    ['7d1f and more', false],
    ['', false],
    ['null', false],
    ['"7d1f"', false],
  ])('%j', (text, is) => expect(isSentinelOf(text, '7d1f')).toBe(is))
})

describe('what the engine says', () => {
  const outside = outsideOf(
    [
      { type: 'bind', source: '/srv/dat', destination: '/data', writable: false, propagation: 'rprivate' },
      { type: 'volume', name: HEX, destination: '/cache', writable: true },
      { type: 'volume', name: 'db', destination: '/data/db', writable: true },
    ],
    { declaredVolumes: ['/cache', '/lost'], shmBytes: 67_108_864, image: 'shop:1' },
  )
  it.each([
    ['engine:source', '/data/in', '/srv/dat'],
    ['engine:source', '/data/db/x', 'db'],
    ['engine:source', '/database', { unobserved: 'the engine has no mount at /database or above it' }],
    ['engine:type', '/data', 'bind'],
    ['engine:writable', '/data', false],
    ['engine:propagation', '/data', 'rprivate'],
    ['engine:anonymous', '/data', ['/cache']],
    ['engine:unmounted', '/data', ['/lost']],
    ['engine:shm_size', '/data', 67_108_864],
    ['engine:image', '/data', 'shop:1'],
  ])('%s of %s', (name, path, value) => {
    expect(engineSubjects([name], outside, path, 'container web')).toEqual({ [name]: value })
  })

  it('is not measured where there is none', () => {
    const seen = engineSubjects(['engine:anonymous'], undefined, '/data', 'local')
    expect(seen).toEqual({ 'engine:anonymous': { unobserved: 'local is in no container engine' } })
  })

  const look: Look = {
    ...{ facts, space, real: undefined, realPlace: undefined, mountId: undefined, mounts: [], empty: true },
    ...{ caseSensitive: undefined, sentinel: undefined, paths: [], kernel: undefined },
  }
  const cause = (root: string, type = 'ext4') => {
    const mounts = parseMountinfo(`1 0 0:1 / / rw - overlay overlay rw\n2 1 8:1 ${root} /data rw - ${type} /dev/sda rw`)
    const spec = volume.schema.parse({ path: '/data' })
    const where = placed(spec, mounts, { ...look, absent: false })!
    const seen = { spec, look, placed: where, anonymous: false, bare: false, outside, findings: [], wrong: undefined }
    return diagnose(seen).map(({ summary }) => summary)
  }
  it('V06 and the kernel has another name for: it was renamed', () => {
    expect(cause('/srv/dat_sav')).toEqual([
      expect.stringMatching(/told to mount \/srv\/dat, .* called \/srv\/dat_sav now/),
    ])
  })
  it('nothing is explained where no mount is expected and there is none', () => {
    const mounts = parseMountinfo('1 0 8:1 / / rw - ext4 /dev/sda rw')
    const spec = volume.schema.parse({ path: '/data' })
    const where = placed(spec, mounts, { ...look, absent: false })!
    const seen = { spec, look, placed: where, anonymous: false, outside: undefined, findings: [], wrong: undefined }
    expect(diagnose({ ...seen, bare: false })).toHaveLength(1)
    expect(diagnose({ ...seen, bare: true })).toEqual([])
  })
  it.each([
    ['the same', '/srv/dat', 'ext4'],
    ['a file system mounted on the way', '/dat', 'ext4'],
    ['all of a file system', '/', 'ext4'],
    ['a subvolume', '/@srv/subvolume', 'btrfs'],
    ['what a machine in between shares', '/other', '9p'],
  ])('and the kernel names otherwise for good reason: %s', (_, root, type) => expect(cause(root, type)).toEqual([]))
})

describe('a mount', () => {
  it.each([
    ['rw,relatime', 'rw', false, ['rw', 'relatime']],
    ['ro,relatime', 'rw', true, ['ro', 'relatime']],
    ['rw,relatime', 'ro', true, ['relatime', 'ro']],
    ['rw', 'rw,emergency_ro', true, ['emergency_ro']],
    ['rw', 'rw,errors=remount-ro', false, ['rw', 'errors=remount-ro']],
  ] as const)('%s of a file system %s: read-only is %s', (own, whole, readOnly, options) => {
    const mounts = parseMountinfo(`1 0 8:1 / / ${own} - ext4 /dev/sda ${whole}`)
    const where = placed(volume.schema.parse({ path: '/' }), mounts, { ...UNKNOWN, absent: false })!
    expect(mountSubjects(where, undefined)).toMatchObject({ read_only: readOnly, options })
  })
})

const UNKNOWN = { mountId: undefined, real: undefined, realPlace: undefined }

describe('a check file', () => {
  it.each([
    [{ path: 'data' }, /an absolute path/],
    [{ path: '/data', paths: ['../x'] }, /without \.\./],
    [{ path: '/data', paths: ['/x'] }, /without a slash before it/],
    [{ path: '/data', sentinel: { file: 'a/../../b', id: 'x' } }, /without \.\./],
  ])('%j is refused', (spec, message) => {
    expect(volume.schema.safeParse(spec).error?.message ?? '').toMatch(message)
  })
  it.each([
    [{ path: '/data/in', mount_point: '/other' }, 'mount_point'],
    [{ path: '/database', mount_point: '/data' }, 'mount_point'],
    [{ path: '/data', probe: '/tmp' }, 'probe'],
  ])('%j contradicts itself', (spec, field) => {
    expect(volume.lint?.(volume.schema.parse(spec)).map(({ path }) => path[0])).toEqual([field])
  })
  it('takes a path with dots and doubled slashes for what it is', () => {
    expect(volume.schema.parse({ path: '//srv/./uploads/' }).path).toBe('/srv/uploads')
  })
})
