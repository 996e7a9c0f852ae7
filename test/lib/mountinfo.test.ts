import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { keyToBytes, keyToText } from '../../src/lib/key.js'
import { mountsUnder, owningMount, parseMountinfo } from '../../src/lib/mountinfo.js'

describe('parseMountinfo', () => {
  it.each([
    ['no optional field', '24 1 8:1 / / rw - ext4 /dev/sda1 rw', []],
    ['one', '24 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw', ['shared:1']],
    [
      'several',
      '24 1 8:1 / / rw shared:1 master:7 propagate_from:2 - ext4 /dev/sda1 rw',
      ['shared:1', 'master:7', 'propagate_from:2'],
    ],
  ])('%s before the separator', (_, line, propagation) => {
    expect(parseMountinfo(line)).toEqual([
      expect.objectContaining({ id: 24, parent: 1, point: '/', type: 'ext4', source: '/dev/sda1', propagation }),
    ])
  })

  it('keeps the options of the mount and those of its file system apart', () => {
    const [mount] = parseMountinfo('30 24 8:1 /src /b ro,relatime - ext4 /dev/sda1 rw,errors=remount-ro')
    expect(mount).toMatchObject({
      options: ['ro', 'relatime'],
      superOptions: ['rw', 'errors=remount-ro'],
      root: '/src',
    })
  })

  it('takes escaped bytes for what they are, also where they are no UTF-8', () => {
    const line = Buffer.from('30 24 8:1 / /a\\040b\\011\\134\\012\xff - rw - tmpfs none rw', 'latin1')
    const [mount] = parseMountinfo(Buffer.from(line.toString('latin1').replace(' - rw -', ' rw -'), 'latin1'))
    expect(keyToBytes(mount!.point)).toEqual(Buffer.from('/a b\t\\\n\xff', 'latin1'))
  })

  it.each(['', 'nonsense', '30 24 8:1 / /a rw tmpfs none rw'])('leaves out a line that is none: %j', (line) => {
    expect(parseMountinfo(line)).toEqual([])
  })

  it('reads all mounts of this machine', () => {
    const text = readFileSync('/proc/self/mountinfo')
    expect(parseMountinfo(text)).toHaveLength(text.toString('latin1').trimEnd().split('\n').length)
  })
})

describe('owningMount', () => {
  const line = (id: number, parent: number, point: string) => `${id} ${parent} 8:${id} / ${point} rw - ext4 /dev/x rw`
  const cases: readonly (readonly [string, readonly string[], string, number])[] = [
    ['the root where nothing else is', [line(1, 0, '/')], '/data', 1],
    ['the mount at the path', [line(1, 0, '/'), line(2, 1, '/data')], '/data', 2],
    ['the mount above the path', [line(1, 0, '/'), line(2, 1, '/data')], '/data/a/b', 2],
    ['not a mount whose name only begins alike', [line(1, 0, '/'), line(2, 1, '/data')], '/data2', 1],
    ['the last of stacked mounts', [line(1, 0, '/'), line(2, 1, '/data'), line(3, 2, '/data')], '/data', 3],
    ['a nested mount', [line(1, 0, '/'), line(2, 1, '/a'), line(3, 2, '/a/b')], '/a/b/c', 3],
    ['not one that a later mount further up hides', [line(1, 0, '/'), line(2, 1, '/a/b'), line(3, 1, '/a')], '/a/b', 3],
    [
      'one below a mount that hides another',
      [line(1, 0, '/'), line(2, 1, '/a/b'), line(3, 1, '/a'), line(4, 3, '/a/b')],
      '/a/b',
      4,
    ],
    ['of two roots the one on top', [line(1, 0, '/'), line(2, 1, '/')], '/data', 2],
    ['whatever the order of the lines', [line(2, 1, '/data'), line(1, 0, '/')], '/data', 2],
  ]
  it.each(cases)('%s', (_, lines, path, id) => {
    expect(owningMount(parseMountinfo(lines.join('\n')), path)?.id).toBe(id)
  })

  it('ends where a table makes no sense', () => {
    const mounts = parseMountinfo([line(1, 0, '/'), line(2, 3, '/'), line(3, 2, '/'), line(4, 4, '/')].join('\n'))
    expect(owningMount(mounts, '/data')).toBeDefined()
  })

  it('counts what lies under a mount at its own point alone', () => {
    const mounts = parseMountinfo([line(1, 0, '/'), line(2, 1, '/d'), line(3, 2, '/d'), line(4, 3, '/d')].join('\n'))
    expect(mountsUnder(mounts, mounts[3]!).map(({ id, point }) => [id, keyToText(point)])).toEqual([
      [3, '/d'],
      [2, '/d'],
    ])
    expect(mountsUnder(mounts, mounts[1]!)).toEqual([])
  })
})
