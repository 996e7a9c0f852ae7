import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectionSchema, type FilesSpec } from '../../src/connections/schema.js'
import { createFilesStore } from '../../src/stores/files/files.js'
import {
  fstabPoints,
  type MountTables,
  mountPoints,
  mountProblem as problem,
  readTables,
} from '../../src/stores/files/mounts.js'

let directory: string
beforeAll(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'mounts-')))
  await mkdir(join(directory, 'data/uploads'), { recursive: true })
  await symlink('data', join(directory, 'link'))
})
afterAll(() => rm(directory, { recursive: true }))

const line = (point: string) => `36 35 98:0 /mnt1 ${point} rw,noatime master:1 - ext3 /dev/root rw,errors=continue`

const mountProblem = async (root: string, own: boolean, tables: MountTables) =>
  problem(root, own, await readTables(tables))

describe('mountProblem', () => {
  const cases: readonly {
    name: string
    root?: string
    own?: boolean
    mounts?: readonly string[]
    fstab?: string
    problem?: RegExp
  }[] = [
    { name: 'an ordinary directory' },
    { name: 'mounted: true on a mount point', own: true, mounts: ['D/data'] },
    { name: 'mounted: true through a link to a mount point', root: 'link', own: true, mounts: ['D/data'] },
    { name: 'mounted: true on no mount point', own: true, problem: /not mounted: D\/data is no mount point.* of \/$/ },
    {
      name: 'mounted: true below a mount point: it might be the wrong one',
      root: 'data/uploads',
      own: true,
      mounts: ['D', 'D/data'],
      problem: /lies on the file system of D\/data$/,
    },
    { name: 'in fstab and mounted', mounts: ['D/data'], fstab: 'UUID=1 D/data ext4 defaults 0 2' },
    {
      name: 'in fstab and not mounted',
      fstab: '# disks\nUUID=1\tD/data\text4 defaults 0 2',
      problem: /^D\/data is in .*fstab but not mounted$/,
    },
    {
      name: 'a parent in fstab and not mounted',
      root: 'data/uploads',
      fstab: 'nas:/x D/data nfs4 noauto 0 0',
      problem: /^D\/data is in /,
    },
    { name: 'in fstab through a link, and mounted', mounts: ['D/data'], fstab: 'nas:/x D/link nfs4 defaults 0 0' },
    {
      name: 'in fstab through a link, and not mounted',
      root: 'data/uploads',
      fstab: 'nas:/x D/link/ nfs4 defaults 0 0',
      problem: /^D\/link is in /,
    },
    { name: 'another directory in fstab', fstab: 'UUID=1 D/dat ext4 defaults 0 2\nUUID=2 D/data2 ext4 defaults 0 2' },
    { name: 'the root file system and swap', fstab: '/dev/sda1 / ext4 defaults 0 1\n/dev/sda2 none swap sw 0 0' },
  ]
  it.each(cases)('$name', async ({ root = 'data', own = false, mounts = [], fstab = '', problem }) => {
    const tables = { mountinfo: join(directory, 'mountinfo'), fstab: join(directory, 'fstab') }
    const place = (text: string) => text.replaceAll(/\bD\b/g, directory)
    await writeFile(tables.mountinfo, `${['/', ...mounts].map((point) => line(place(point))).join('\n')}\n`)
    await writeFile(tables.fstab, place(fstab))
    const found = await mountProblem(join(directory, root), own, tables)
    if (problem === undefined) expect(found).toBeUndefined()
    else {
      expect(found?.replaceAll(directory, 'D')).toMatch(problem)
      const spec = connectionSchema.parse({ type: 'files', root: join(directory, root), mounted: own }) as FilesSpec
      const { signal } = new AbortController()
      await expect(createFilesStore('files', spec, { tables }).probe({ signal })).rejects.toMatchObject({
        code: 'absent',
      })
    }
  })

  it('cannot tell without mountinfo, and fails only where it was asked to', async () => {
    const tables = { mountinfo: join(directory, 'none'), fstab: join(directory, 'none') }
    expect(await mountProblem(join(directory, 'data'), false, tables)).toBeUndefined()
    expect(await mountProblem(join(directory, 'data'), true, tables)).toMatch(/as far as can be told/)
  })

  it('reads this machine', async () => {
    await expect(mountProblem('/proc', true, { mountinfo: '/proc/self/mountinfo', fstab: '/dev/null' })).resolves.toBe(
      undefined,
    )
  })
})

describe('the tables', () => {
  it('unescape blanks and backslashes', () => {
    expect(mountPoints(`${line('/mnt/a\\040b\\134c')}\n`)).toEqual(['/mnt/a b\\c'])
    expect(fstabPoints('LABEL=x /mnt/a\\040b/ ext4 defaults\n\n  # /mnt/c\n')).toEqual(['/mnt/a b'])
  })
})
