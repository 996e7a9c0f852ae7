import { describe, expect, test } from 'vitest'
import { spellingDifference, spellingGroup } from '../../src/compare/spelling.js'
import { type Key, keyFromLatin1, keyFromText } from '../../src/lib/key.js'

const key = (text: string | Key) =>
  text.includes('\xff!') ? keyFromLatin1(text.replace('\xff!', '')) : keyFromText(text)
const latin1 = (bytes: string) => `\xff!${bytes}`

describe('one name spelled in two ways', () => {
  test.each([
    ['a.txt', 'A.TXT', 'another letter case'],
    ['café', 'cafe\u0301', 'another Unicode form'],
    ['a b', 'a%20b', 'another percent-encoding'],
    ['a b', 'a%2520b', 'another percent-encoding'],
    ['a/b', './a//b', 'another path'],
    ['a/b', '/a/b/', 'another path'],
    ['a/b', 'a\\b', 'another path'],
    ['café', latin1('caf\xe9'), 'another character encoding'],
    ['café', 'cafÃ©', 'another character encoding'],
    ['Ä b', 'a\u0308%20b', 'another percent-encoding and Unicode form and letter case'],
    ['a.jpeg', 'a.jpg', 'another extension'],
    ['a.HEIC', 'A.jpg', 'another extension and letter case'],
    ['a', 'a.jpg', 'another extension'],
    ['a b.jpg', 'a+b.jpg', 'another kind of blank'],
    ['Shot at 9.41\u202fAM.png', 'Shot at 9.41 AM.png', 'another kind of blank'],
    ['a:b?.txt', 'a_b_.txt', 'another writing of reserved characters'],
    ['a:b.txt', 'a\uff1ab.txt', 'another writing of reserved characters'],
    ['a:b.txt', 'a\uf022b.txt', 'another writing of reserved characters'],
    ['a:b.txt', 'a\uf03ab.txt', 'another writing of reserved characters'],
    ['a b.txt', 'a_b.txt', 'another writing of reserved characters'],
    ['\u2764\ufe0f.png', '\u2764.png', 'another invisible character'],
    ['a ./b .txt', 'a/b .txt', 'another end of a name'],
  ])('%s and %s: %s', (missing, found, reason) => {
    expect(spellingDifference(key(missing), key(found))?.reason).toBe(reason)
    expect(spellingGroup(key(missing))).toBe(spellingGroup(key(found)))
  })

  test.each([
    ['a.txt', 'b.txt'],
    ['a/b.txt', 'c/b.txt'],
    ['a.tar.gz', 'a.zip'],
    ['.hidden', '.other'],
    ['a1', 'a2'],
  ])('%s and %s are two names', (missing, found) => {
    expect(spellingDifference(key(missing), key(found))).toBeUndefined()
  })

  test('the nearer one is nearer', () => {
    const distance = (found: string) => spellingDifference(key('a.txt'), key(found))?.distance ?? Number.NaN
    expect(distance('A.txt')).toBeLessThan(distance('./A.txt'))
    expect(distance('./A.txt')).toBeLessThan(distance('a.md'))
  })
})
