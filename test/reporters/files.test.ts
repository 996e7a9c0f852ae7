import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openReportFile } from '../../src/reporters/files.js'
import { writeText } from '../../src/reporters/write.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postflight-report-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('a report in a file', () => {
  it('appears whole, in its place, when it is done', async () => {
    const path = join(folder, 'deep/er/report.json')
    const file = await openReportFile(path)
    await writeText(file.out, 'half ')
    await expect(readFile(path)).rejects.toThrow('ENOENT')
    await writeText(file.out, 'and half')
    await file.commit()
    expect(await readFile(path, 'utf8')).toBe('half and half')
    expect(await readdir(join(folder, 'deep/er'))).toEqual(['report.json'])
  })

  it('leaves the old report alone until then', async () => {
    const path = join(folder, 'report.json')
    await writeFile(path, 'old')
    const file = await openReportFile(path)
    await writeText(file.out, 'new')
    expect(await readFile(path, 'utf8')).toBe('old')
    await file.commit()
    expect(await readFile(path, 'utf8')).toBe('new')
  })

  it('replaces what a link points to, not the link', async () => {
    await writeFile(join(folder, 'real'), 'old')
    await symlink('real', join(folder, 'link'))
    const file = await openReportFile(join(folder, 'link'))
    await writeText(file.out, 'new')
    await file.commit()
    expect(await readFile(join(folder, 'real'), 'utf8')).toBe('new')
    expect((await readdir(folder)).sort()).toEqual(['link', 'real'])
  })

  it('is refused before the run where it cannot be opened', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(openReportFile(folder)).rejects.toThrow('EISDIR')
    await expect(openReportFile(join(folder, 'file/report'))).rejects.toThrow(/ENOTDIR|EEXIST/)
  })

  it.runIf(process.platform === 'linux')('says so where the disk is full, and never replaces a device', async () => {
    const file = await openReportFile('/dev/full')
    await writeText(file.out, 'x'.repeat(100_000))
    await expect(file.commit()).rejects.toThrow('ENOSPC')
  })

  it('removes the half where the place has gone', async () => {
    const file = await openReportFile(join(folder, 'gone/report'))
    await writeText(file.out, 'text')
    await rm(join(folder, 'gone'), { recursive: true })
    await expect(file.commit()).rejects.toThrow('ENOENT')
  })
})
